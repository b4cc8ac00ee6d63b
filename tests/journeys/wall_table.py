"""Who may do what: every door of the application, with what it answers each role.

A administrator, P leader of the province, L leader of the commune, H chapter head, D deputy,
T treasurer, I inspector, M a member with her card, N nobody. They ask for what is their own (a
chapter's things, for those above it the things of a chapter below them). `vào` sends to sign in.

`{device_id=mine}` says which thing stands in a path where its name does not; `#word` tells two
requests of one door apart. TOLD is what is sent along: `@pot` stands for the id of a pot. The wall
is tried for every id in the path and for every `@`.
"""

from __future__ import annotations

from typing import Any

from app.charter import charter_form
from tests.story import a_charter

ROLES = list("APLHDTIMN")

API_DOORS = """
A   P   L   H   D   T   I   M   N
200 200 200 200 200 200 200 200 401 GET /api/v1/approvals
403 403 403 200 200 403 403 404 401 POST /api/v1/approvals/{approval_id}/sign
403 403 403 200 200 200 403 404 401 POST /api/v1/approvals/{approval_id}/refuse
404 404 200 200 200 200 200 404 401 GET /api/v1/breakings/{breaking_id}
404 404 403 200 200 200 403 404 401 POST /api/v1/breakings/{breaking_id}/abandon
404 404 403 200 200 200 403 404 401 PUT /api/v1/breakings/{breaking_id}/count
404 404 403 200 200 200 403 404 401 PUT /api/v1/breakings/{breaking_id=ready}/decisions
404 404 200 200 200 200 200 404 401 GET /api/v1/breakings/{breaking_id=ready}/plan
404 404 403 202 202 202 403 404 401 POST /api/v1/breakings/{breaking_id=ready}/signatures
404 404 200 200 200 200 200 404 401 GET /api/v1/breakings/{breaking_id=broken}/minutes
401 401 401 401 401 401 401 401 401 POST /api/v1/cards/{card_id}/pin
204 204 204 204 204 204 204 204 204 POST /api/v1/cards/{card_id=new_card}/pin #new
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/cash-book
403 403 403 201 201 201 403 404 401 POST /api/v1/chapters/{chapter_id}/breakings
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/charter
403 403 403 202 202 202 403 404 401 PUT /api/v1/chapters/{chapter_id}/charter
403 403 403 201 201 201 403 404 401 POST /api/v1/chapters/{chapter_id}/counts
403 403 403 202 202 202 403 404 401 POST /api/v1/chapters/{chapter_id}/handover
403 403 403 403 403 202 403 404 401 POST /api/v1/chapters/{chapter_id}/expenses
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/loans
403 403 403 403 403 201 403 201 401 POST /api/v1/chapters/{chapter_id}/loans
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/loans/forecast
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/loans/queue
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/members
403 403 403 201 201 201 403 404 401 POST /api/v1/chapters/{chapter_id}/members
403 403 403 403 403 202 403 404 401 POST /api/v1/chapters/{chapter_id}/opening-balances
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/pots
403 403 403 201 201 201 403 404 401 POST /api/v1/chapters/{chapter_id}/pots
403 403 403 403 403 201 403 404 401 POST /api/v1/chapters/{chapter_id}/receivable-payments
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/sheets
403 403 403 201 201 201 403 404 401 POST /api/v1/chapters/{chapter_id}/sheets
403 200 200 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/trail
403 200 200 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/trail/head
403 403 403 403 403 422 403 404 401 POST /api/v1/chapters/{chapter_id}/transfers
403 403 403 200 200 200 200 404 401 GET /api/v1/chapters/{chapter_id}/trial-balance
404 404 404 403 403 201 403 404 401 POST /api/v1/counts/{count_id}/settlement
200 200 200 200 200 200 200 200 401 GET /api/v1/devices
401 401 401 401 401 401 401 401 401 POST /api/v1/devices
204 204 204 204 204 204 204 404 401 DELETE /api/v1/devices/{device_id=mine}
404 204 204 204 204 204 404 404 401 DELETE /api/v1/devices/{device_id}
404 404 404 403 403 201 403 404 401 POST /api/v1/entries/{entry_id}/reversal
404 200 200 200 200 200 200 404 401 GET /api/v1/loans/{loan_id}
404 200 200 200 200 200 200 200 401 GET /api/v1/loans/{loan_id=hers} #her own
404 403 403 200 200 403 403 404 401 POST /api/v1/loans/{loan_id=asked}/approval
404 403 403 200 200 403 403 404 401 POST /api/v1/loans/{loan_id=asked}/refusal
404 404 404 403 403 201 403 404 401 POST /api/v1/loans/{loan_id=agreed}/disbursement
404 404 404 201 201 201 403 404 401 POST /api/v1/loans/{loan_id}/repayments
404 404 404 201 201 201 403 404 401 POST /api/v1/loans/{loan_id=lost}/recoveries
404 404 404 202 202 202 403 404 401 POST /api/v1/loans/{loan_id}/reschedules
404 404 404 201 201 201 403 404 401 POST /api/v1/loans/{loan_id}/visits
404 404 404 422 422 422 403 404 401 POST /api/v1/loans/{loan_id}/waivers
404 404 404 202 202 202 403 404 401 POST /api/v1/loans/{loan_id}/write-off
200 200 200 200 200 200 200 200 401 GET /api/v1/me
200 200 200 200 200 200 200 200 401 GET /api/v1/me/data
200 200 200 200 200 200 200 200 401 GET /api/v1/me/views
404 404 404 200 200 200 200 200 401 GET /api/v1/members/{member_id}
404 404 404 200 200 200 403 404 401 PATCH /api/v1/members/{member_id}
404 404 404 200 200 200 200 200 401 GET /api/v1/members/{member_id}/balance
404 200 200 200 200 200 200 200 401 GET /api/v1/members/{member_id}/loans
404 404 404 201 201 201 403 404 401 POST /api/v1/members/{member_id}/card
403 403 403 403 403 403 403 201 401 POST /api/v1/members/{member_id}/confirmations
404 404 404 403 403 201 403 404 401 POST /api/v1/members/{member_id}/leave
404 404 404 201 201 201 403 404 401 POST /api/v1/members/{member_id}/need-classes
404 404 404 403 403 409 403 404 401 POST /api/v1/members/{member_id}/payouts
404 404 404 200 200 200 200 200 401 GET /api/v1/members/{member_id}/statement
204 204 204 204 403 403 403 404 401 POST /api/v1/offices/{office_id}/end
403 202 202 202 202 202 403 404 401 POST /api/v1/people/{person_id}/pin-reset
403 202 202 202 202 202 403 404 401 POST /api/v1/people/{person_id}/unlock
204 204 204 204 204 204 204 204 401 POST /api/v1/pins
404 404 404 403 403 202 403 404 401 POST /api/v1/pots/{pot_id}/cash-moves
204 204 204 204 204 204 204 204 401 DELETE /api/v1/sessions
200 200 200 200 200 200 200 200 401 GET /api/v1/sessions
201 201 201 201 201 201 201 201 201 POST /api/v1/sessions
204 204 204 204 204 204 204 204 401 DELETE /api/v1/sessions/current
204 204 204 204 204 204 204 204 401 DELETE /api/v1/sessions/{session_id}
401 401 401 401 401 401 401 401 401 POST /api/v1/setup
404 404 404 200 200 200 200 404 401 GET /api/v1/sheets/{entry_id}
201 201 201 403 403 403 403 404 401 POST /api/v1/units
200 200 200 403 403 403 403 404 401 GET /api/v1/units/{unit_id}
200 200 200 404 404 404 404 404 401 GET /api/v1/units/{unit_id=commune}
200 200 200 403 403 403 403 404 401 GET /api/v1/units/{unit_id}/children
403 200 200 403 403 403 403 404 401 GET /api/v1/units/{unit_id}/loans
403 200 200 404 404 404 404 404 401 GET /api/v1/units/{unit_id=commune}/loans
200 200 200 403 403 403 403 404 401 POST /api/v1/units/{unit_id}/founding
200 200 200 404 404 404 404 404 401 POST /api/v1/units/{unit_id=commune}/founding
201 403 403 403 403 403 403 404 401 POST /api/v1/units/{unit_id}/moves
200 200 200 200 200 403 403 404 401 GET /api/v1/units/{unit_id}/offices
201 201 201 201 403 403 403 404 401 POST /api/v1/units/{unit_id}/offices #member
201 201 201 201 403 403 403 404 401 POST /api/v1/units/{unit_id}/offices #person
"""

PAGE_DOORS = """
A   P   L   H   D   T   I   M   N
303 303 303 303 303 303 303 303 303 GET /
200 200 200 200 200 200 200 200 200 GET /healthz
200 200 200 200 200 200 200 200 200 GET /readyz
200 200 200 200 200 200 200 200 200 GET /static/words.js
200 200 200 200 200 200 200 200 200 GET /khong-mang
200 200 200 200 200 200 200 200 200 GET /manifest.webmanifest
200 200 200 200 200 200 200 200 200 GET /sw.js
200 200 200 200 200 200 200 200 vào GET /ai-xem
404 404 404 200 200 200 200 404 vào GET /bang-giu/{held_id}
404 404 404 303 303 303 403 404 vào POST /bang-giu/{held_id}/bo
404 404 404 303 303 303 403 404 vào POST /bang-giu/{held_id}/ghi
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/bang-giu
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/bao-sai
vào vào vào vào vào vào vào vào vào POST /chi-hoi/{chapter_id}/giu
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/cho-linh
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/giao-tien
403 403 403 403 403 422 403 404 vào POST /chi-hoi/{chapter_id}/giao-tien
404 404 404 200 200 200 200 404 vào GET /ban-giao/{handover_id}
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/ban-giao
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/ban-giao
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/cac-lan-kiem
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/chi
403 403 403 403 403 303 403 404 vào POST /chi-hoi/{chapter_id}/chi
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/chuyen
403 403 403 403 403 303 403 404 vào POST /chi-hoi/{chapter_id}/chuyen
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/dau-ky
403 403 403 403 403 303 403 404 vào POST /chi-hoi/{chapter_id}/dau-ky
409 409 409 409 409 200 409 409 vào POST /chi-hoi/{chapter_id}/gui
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/hoi-vien
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/hoi-vien/moi
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/hoi-vien/moi
404 404 404 200 200 200 200 303 vào GET /chi-hoi/{chapter_id}/hoi-vien/{member_id}
403 403 403 200 200 200 403 404 vào POST /chi-hoi/{chapter_id}/hoi-vien/{member_id}/the
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/kiem
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/kiem
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/lon/moi
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/lon/moi
403 200 200 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/mo-lon
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/mo-lon
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/nhat-ky
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/quy-uoc
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/quy-uoc/doi
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/quy-uoc/doi
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/so-quy
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/so-tap
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/the
403 403 403 200 200 200 403 404 vào POST /chi-hoi/{chapter_id}/the
403 403 403 200 200 200 403 404 vào GET /chi-hoi/{chapter_id}/thu
403 403 403 303 303 303 403 404 vào POST /chi-hoi/{chapter_id}/thu
404 404 404 200 200 200 200 404 vào GET /chung-tu/{entry_id}
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/tien
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/tra-bu
403 403 403 403 403 303 403 404 vào POST /chi-hoi/{chapter_id}/tra-bu
303 303 303 303 403 403 403 404 vào POST /chuc-vu/{office_id}/thoi
403 303 303 303 303 303 403 404 vào POST /chuc-vu/{office_id}/vao-lai
303 303 303 403 403 403 403 404 vào GET /don-vi/{unit_id}
200 200 200 404 404 404 404 404 vào GET /don-vi/{unit_id=commune}
200 200 200 200 200 200 403 404 vào GET /don-vi/{unit_id}/chuc-vu
200 200 200 200 403 403 403 404 vào POST /don-vi/{unit_id}/chuc-vu
200 200 200 403 403 403 403 404 vào GET /don-vi/{unit_id}/moi
303 303 303 403 403 403 403 404 vào POST /don-vi/{unit_id}/moi
303 303 303 404 404 404 404 404 vào POST /don-vi/{unit_id=commune}/moi
200 200 200 403 403 403 403 404 vào GET /don-vi/{unit_id}/nhap
200 200 200 403 403 403 403 404 vào POST /don-vi/{unit_id}/nhap
200 200 200 200 200 200 200 200 vào GET /du-lieu-cua-toi
404 404 404 403 403 200 403 404 vào GET /hoi-vien/{member_id}/roi
404 404 404 403 403 200 403 404 vào POST /hoi-vien/{member_id}/roi
404 404 404 403 403 409 403 404 vào GET /hoi-vien/{member_id}/tra
404 404 404 403 403 409 403 404 vào POST /hoi-vien/{member_id}/tra
200 200 200 200 200 200 200 303 vào GET /hom-nay
404 404 404 200 200 200 200 404 vào GET /kiem/{count_id}
404 404 404 200 200 200 200 404 vào GET /kiem/{count_id}/xu-ly
404 404 404 403 403 303 403 404 vào POST /kiem/{count_id}/xu-ly
200 200 200 200 200 200 200 404 vào GET /ky
200 200 200 200 200 200 200 404 vào GET /ky/{approval_id}
403 403 403 303 303 403 403 404 vào POST /ky/{approval_id}/ky
403 403 403 303 303 303 403 404 vào POST /ky/{approval_id}/tu-choi
200 200 200 200 200 200 200 200 vào GET /ma-pin
303 303 303 303 303 303 303 303 vào POST /ma-pin
200 200 200 200 200 200 200 200 vào GET /may-cua-toi
404 404 200 200 200 200 200 404 vào GET /mo-lon/{breaking_id}
404 404 200 200 200 200 200 404 vào GET /mo-lon/{breaking_id=broken}/bien-ban
404 404 403 200 200 200 403 404 vào GET /mo-lon/{breaking_id}/dem
404 404 403 303 303 303 403 404 vào POST /mo-lon/{breaking_id}/dem
404 404 403 303 303 303 403 404 vào POST /mo-lon/{breaking_id}/dung
404 404 200 200 200 200 200 404 vào GET /mo-lon/{breaking_id=ready}/ky
404 404 403 303 303 303 403 404 vào POST /mo-lon/{breaking_id=ready}/ky
404 404 403 200 200 200 403 404 vào GET /mo-lon/{breaking_id=home}/lon-nha
404 404 403 200 200 200 403 404 vào GET /mo-lon/{breaking_id=home}/lon-nha/{member_id}
404 404 403 303 303 303 403 404 vào POST /mo-lon/{breaking_id=home}/lon-nha/{member_id}
404 404 200 200 200 200 200 404 vào GET /mo-lon/{breaking_id=broken}/phieu
404 404 403 200 200 200 403 404 vào GET /mo-lon/{breaking_id=ready}/y-cac-chi
404 404 403 303 303 303 403 404 vào POST /mo-lon/{breaking_id=ready}/y-cac-chi
303 303 303 303 303 303 303 404 vào POST /may-cua-toi/{device_id=mine}/bo
404 303 303 303 303 303 404 404 vào POST /may-cua-toi/{device_id}/bo
200 200 200 200 200 200 200 200 200 GET /may-moi
401 401 401 401 401 401 401 401 401 POST /may-moi
404 303 303 303 303 303 404 404 vào POST /may/{device_id}/mat
vào vào vào vào vào vào vào vào vào POST /phien/bo-het
303 303 303 303 303 303 303 303 vào POST /phien/{session_id}/bo
404 404 404 200 200 200 200 404 vào GET /phieu/{entry_id}
404 404 404 200 200 200 200 404 vào GET /phieu/{entry_id}/tung-chi
404 404 404 403 403 303 403 404 vào POST /phieu/{entry_id}/huy
vào vào vào vào vào vào vào vào vào POST /ra
303 303 303 303 303 303 303 200 vào GET /so-cua-toi
404 404 404 404 404 404 404 200 vào GET /so-cua-toi/mo-lon/{breaking_id=broken}
403 403 403 403 403 403 403 303 vào POST /so-cua-toi/{line_id}
303 303 303 303 303 303 303 303 vào POST /so-tap/bo
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/vay
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/so-vay
403 200 200 403 403 403 403 404 vào GET /don-vi/{unit_id}/vay
403 200 200 404 404 404 404 404 vào GET /don-vi/{unit_id=commune}/vay
404 200 200 200 200 200 200 200 vào GET /hoi-vien/{member_id}/vay
403 403 403 200 200 200 200 404 vào GET /chi-hoi/{chapter_id}/vay/du-tinh
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/vay/moi
403 403 403 403 403 200 403 404 vào GET /chi-hoi/{chapter_id}/vay/moi/xet
403 403 403 403 403 303 403 404 vào POST /chi-hoi/{chapter_id}/vay/moi
404 404 404 404 404 404 404 200 vào GET /vay-cua-toi
404 404 404 404 404 404 404 200 vào GET /vay-cua-toi/moi
404 404 404 404 404 404 404 303 vào POST /vay-cua-toi/moi
404 200 200 200 200 200 200 404 vào GET /vay/{loan_id}
404 200 200 200 200 200 200 200 vào GET /vay/{loan_id=hers} #her own
404 403 403 303 303 403 403 404 vào POST /vay/{loan_id=asked} #approved
404 403 403 303 303 403 403 404 vào POST /vay/{loan_id=asked} #refused
404 404 404 403 403 303 403 404 vào POST /vay/{loan_id=agreed} #paid out
404 404 404 303 303 303 403 404 vào POST /vay/{loan_id} #repaid
404 404 404 303 303 303 403 404 vào POST /vay/{loan_id=lost} #recovered
404 404 404 303 303 303 403 404 vào POST /vay/{loan_id} #rescheduled
404 404 404 303 303 303 403 404 vào POST /vay/{loan_id} #visited
404 404 404 422 422 422 403 404 vào POST /vay/{loan_id} #waived
404 404 404 303 303 303 403 404 vào POST /vay/{loan_id} #written off
404 404 404 404 404 404 404 404 404 GET /style
404 404 404 404 404 404 404 404 404 GET /style.css
200 200 200 200 200 200 200 200 200 GET /the/{card_id}
303 303 303 303 303 303 303 303 303 POST /the/{card_id}
401 401 401 401 401 401 401 401 401 POST /the/{card_id=new_card} #new
401 401 401 401 401 401 401 401 401 POST /the/{card_id}/ma-pin
303 303 303 303 303 303 303 303 303 POST /the/{card_id=new_card}/ma-pin #new
200 200 200 200 200 200 200 303 vào GET /them
404 404 404 303 303 303 404 404 vào GET /thu-hom-nay
404 404 404 200 200 200 404 404 vào GET /tren-may
200 200 200 200 200 200 200 200 200 GET /thiet-lap
401 401 401 401 401 401 401 401 401 POST /thiet-lap
200 200 200 200 200 200 200 200 200 GET /vao
401 401 401 401 401 401 401 401 401 POST /vao
vào vào vào vào vào vào vào vào vào POST /vao/nguoi-khac
"""

PIN, NEW_PIN = "407195", "518306"
DAY, TOMORROW = "2026-10-20", "2026-10-21"
KEY = "6e0f5a52-9d0e-4a55-8b1c-2f3a4d5e6f70"
PHONE = "0987654321"
WHY = {"reason": "để thử"}
TWICE = {"pin": PIN, "pin_again": PIN}
A_GROUP = "cấp,tên,cấp trên,từ ngày\ntổ,Tổ Thử,Chi hội thôn Đoài,2026-10-01"
A_CHAPTER = "cấp,tên,cấp trên,từ ngày\nchi hội,Chi hội Thử,Xã Đồng Tâm,2026-10-01"
A_UNIT = {"name": "Tổ Thử", "level": "group", "from": DAY}
NEED = {"class": "poor", "year": 2026}
INSPECTOR = {"role": "inspector", "from": DAY}
STRANGER = {"setup_token": "?", "name": "Hoàng Thị Thử", "phone": PHONE, "pin": PIN}
NEW_PHONE = {"phone": PHONE, "enrol_code": "AAAAA-AAAAA", "pin": PIN, "label": "máy"}
MEMBER = {"name": "Hoàng Thị Thử", "joined_on": DAY}

TOLD: dict[str, dict[str, Any]] = {
    "POST /api/v1/approvals/{approval_id}/sign": {"fingerprint": "@fingerprint"},
    "POST /api/v1/approvals/{approval_id}/refuse": WHY,
    "POST /api/v1/breakings/{breaking_id}/abandon": WHY,
    "PUT /api/v1/breakings/{breaking_id}/count": {"notes": {}, "witnesses": ["@member", "Bà Chứng"]},
    "PUT /api/v1/breakings/{breaking_id=ready}/decisions": {
        "lines": [{"member_id": "@member", "take": None, "keep": 0, "give": 0}]
    },
    "POST /api/v1/breakings/{breaking_id=ready}/signatures": {"fingerprint": "@print"},
    "POST /api/v1/chapters/{chapter_id}/breakings": {"pot_id": "@fresh", "date": DAY},
    "POST /api/v1/cards/{card_id}/pin": {"first_pin_code": "AAAAA-AAAAA", "pin": PIN},
    "POST /api/v1/cards/{card_id=new_card}/pin #new": {"first_pin_code": "@code", "pin": PIN},
    "GET /api/v1/chapters/{chapter_id}/cash-book": {"pot_id": "@pot"},
    "GET /chi-hoi/{chapter_id}/so-quy": {"pot_id": "@pot"},
    "PUT /api/v1/chapters/{chapter_id}/charter": {
        **a_charter(minimum_per_period=2000).model_dump(mode="json"), "in_force_from": TOMORROW
    },
    "POST /api/v1/chapters/{chapter_id}/handover": WHY | {
        "date": DAY, "outgoing_person_id": "@officer", "incoming": {"member_id": "@candidate"},
        "counts": [{"pot_id": "@pot", "place": "hand", "notes": {}},
                   {"pot_id": "@rich", "place": "hand", "notes": {"5000": 1, "2000": 1}}],
        "witnesses": ["@member", "Bà Chứng"],
    },
    "POST /chi-hoi/{chapter_id}/ban-giao": WHY | {
        "do": "sign", "key": KEY, "date": DAY, "person_id": "@candidate_person",
        "witnesses.0": "Bà Chứng", "witnesses.1": "Bà Kiến",
        "notes-@rich-hand-5000": "1", "notes-@rich-hand-2000": "1",
    },
    "POST /api/v1/chapters/{chapter_id}/expenses": {
        "pot_id": "@rich", "date": DAY, "amount": 1000, "purpose": "Thăm hỏi"
    },
    "POST /api/v1/chapters/{chapter_id}/opening-balances": {
        "pot_id": "@fresh", "date": DAY, "cash": {"hand": 1000},
        "savings": [{"member_id": "@member", "amount": 1000}],
    },
    "POST /api/v1/chapters/{chapter_id}/loans": {
        "member_id": "@member", "pot_id": "@rich", "guarantor_id": "@candidate", "date": DAY,
        "amount": 1000, "months": 3, "plan": "monthly", "purpose": "seed",
    },
    "GET /api/v1/loans/{loan_id}": {"purpose": "hỏi thăm"},
    "GET /api/v1/members/{member_id}/loans": {"purpose": "hỏi thăm"},
    "GET /api/v1/units/{unit_id}/loans": {"purpose": "hỏi thăm"},
    "POST /api/v1/loans/{loan_id=asked}/approval": {"on": DAY, "vote": {"yes": 9, "no": 0}},
    "POST /api/v1/loans/{loan_id=asked}/refusal": WHY,
    "POST /api/v1/loans/{loan_id=agreed}/disbursement": {"date": DAY},
    "POST /api/v1/loans/{loan_id}/repayments": {"date": DAY, "amount": 500},
    "POST /api/v1/loans/{loan_id=lost}/recoveries": {"date": DAY, "amount": 500},
    "POST /api/v1/loans/{loan_id}/reschedules": WHY | {"months": 6, "plan": "quarterly"},
    "POST /api/v1/loans/{loan_id}/visits": {"date": DAY, "note": "lợn lớn rồi"},
    "POST /api/v1/loans/{loan_id}/waivers": WHY | {"date": DAY, "amount": 500},
    "POST /api/v1/loans/{loan_id}/write-off": WHY | {"date": DAY},
    "POST /api/v1/pots/{pot_id}/cash-moves": {
        "date": DAY, "from": "pot", "to": "hand", "amount": 1000
    },
    "POST /chi-hoi/{chapter_id}/vay/moi": {
        "member_id": "@member", "pot_id": "@rich", "guarantor_id": "@candidate", "date": DAY,
        "amount": "1k", "months": "3", "plan": "monthly", "purpose": "seed", "do": "ask",
    },
    "POST /vay-cua-toi/moi": {
        "so": "@member", "pot_id": "@rich", "amount": "1k", "months": "3", "plan": "monthly",
        "purpose": "seed", "do": "ask",
    },
    "GET /chi-hoi/{chapter_id}/vay/moi/xet": {
        "member_id": "@member", "pot_id": "@rich", "amount": "1k", "months": "3", "plan": "monthly",
    },
    "POST /vay/{loan_id=asked} #approved": {"viec": "duyet", "date": DAY, "yes": "9", "no": "0"},
    "POST /vay/{loan_id=asked} #refused": WHY | {"viec": "khong-duyet", "date": DAY},
    "POST /vay/{loan_id=agreed} #paid out": {"viec": "trao", "date": DAY, "key": KEY},
    "POST /vay/{loan_id} #repaid": {"viec": "tra", "date": DAY, "amount": "500 ₫", "key": KEY},
    "POST /vay/{loan_id=lost} #recovered": {"viec": "thu-lai", "date": DAY, "amount": "500 ₫",
                                            "key": KEY},
    "POST /vay/{loan_id} #rescheduled": WHY | {"viec": "cach-tra", "months": "6",
                                               "plan": "quarterly"},
    "POST /vay/{loan_id} #visited": {"viec": "tham", "date": DAY, "note": "lợn lớn rồi"},
    "POST /vay/{loan_id} #waived": WHY | {"viec": "mien-lai", "date": DAY, "amount": "500 ₫"},
    "POST /vay/{loan_id} #written off": WHY | {"viec": "xoa-no", "date": DAY, "key": KEY},
    "POST /chi-hoi/{chapter_id}/chi": {"pot_id": "@rich", "what": "visit", "amount": "1k",
                                       "date": DAY, "key": KEY},
    "GET /chi-hoi/{chapter_id}/chuyen": {"viec": "mo", "lon": "@pot"},
    "POST /chi-hoi/{chapter_id}/chuyen": {"pot_id": "@pot", "way": "mo", "amount": "1k",
                                          "witness_1": "bà Thử", "witness_2": "bà Mẫu",
                                          "date": DAY, "key": KEY},
    "GET /chi-hoi/{chapter_id}/dau-ky": {"lon": "@fresh"},
    "POST /chi-hoi/{chapter_id}/dau-ky": {"pot_id": "@fresh", "cash_hand": "1k", "date": DAY,
                                          "do": "record", "key": KEY},
    "POST /api/v1/chapters/{chapter_id}/members": MEMBER
    | {"consent": {"purposes": ["savings"], "on": DAY}, "group_id": "@group",
       "person_id": "@officer"},
    "POST /api/v1/chapters/{chapter_id}/pots": {
        "kind": "pig", "name": "lợn thử", "kept": "chapter", "belongs_to": "member"
    },
    "POST /api/v1/chapters/{chapter_id}/sheets": {
        "pot_id": "@pot", "date": DAY, "group_id": "@group",
        "lines": [{"member_id": "@member", "amount": 1000, "periods": 1}],
    },
    "POST /api/v1/chapters/{chapter_id}/transfers": {
        "pot_id": "@pot", "to_chapter_id": KEY, "date": DAY, "amount": 1000
    },
    "POST /api/v1/chapters/{chapter_id}/counts": {
        "pot_id": "@pot", "place": "hand", "date": DAY, "notes": {},
        "witnesses": ["@member", "Bà Chứng"],
    },
    "POST /api/v1/chapters/{chapter_id}/receivable-payments": {
        "pot_id": "@pot", "person_id": "@hand", "date": DAY, "amount": 100
    },
    "POST /api/v1/counts/{count_id}/settlement": WHY
    | {"date": DAY, "decision": "keeper_owes", "keeper_person_id": "@hand"},
    "POST /api/v1/devices": NEW_PHONE,
    "POST /api/v1/entries/{entry_id}/reversal": WHY | {"lines": ["@line"]},
    "PATCH /api/v1/members/{member_id}": {"next_of_kin": "Hoàng Văn Thử", "group_id": "@group"},
    "POST /api/v1/members/{member_id}/confirmations": {"line_id": "@line", "verdict": "right"},
    "POST /api/v1/members/{member_id}/leave": {"date": DAY, "reason_code": "left"},
    "POST /api/v1/members/{member_id}/need-classes": NEED,
    "POST /api/v1/members/{member_id}/payouts": {"date": DAY},
    "POST /api/v1/offices/{office_id}/end": WHY | {"on": DAY},
    "POST /api/v1/people/{person_id}/pin-reset": WHY,
    "POST /api/v1/people/{person_id}/unlock": WHY,
    "POST /api/v1/pins": {"old_pin": PIN, "new_pin": NEW_PIN},
    "POST /api/v1/sessions": {"card_id": "@card", "pin": PIN},
    "POST /api/v1/setup": STRANGER,
    "POST /api/v1/units": A_UNIT | {"parent_id": "@unit"},
    "POST /api/v1/units/{unit_id}/founding": {"table": A_GROUP, "dry_run": False},
    "POST /api/v1/units/{unit_id=commune}/founding": {"table": A_CHAPTER, "dry_run": False},
    "POST /api/v1/units/{unit_id}/moves": WHY | {"from": DAY, "parent_id": "@commune"},
    "POST /api/v1/units/{unit_id}/offices #member": INSPECTOR | {"member_id": "@candidate"},
    "POST /api/v1/units/{unit_id}/offices #person": INSPECTOR | {"person_id": "@candidate_person"},
    "POST /bang-giu/{held_id}/bo": {"why": "để thử"},
    "POST /bang-giu/{held_id}/ghi": {"confirmed": "1"},
    "POST /chi-hoi/{chapter_id}/giu": {"pot_id": "@pot", "key": KEY, "date": DAY,
                                       "amount-1": "1k", "person": "@hand"},
    "POST /chi-hoi/{chapter_id}/giao-tien": {"at": f"{KEY}.{KEY}", "amount": "1k", "date": DAY,
                                             "key": KEY},
    "POST /chi-hoi/{chapter_id}/gui": {"confirmed": "1", "pot_id": "@pot", "key": KEY,
                                       "date": DAY, "amount-1": "1k", "person": "@hand"},
    "POST /chi-hoi/{chapter_id}/hoi-vien/moi": MEMBER,
    "POST /chi-hoi/{chapter_id}/hoi-vien/{member_id}/the": {"asked_at": "9" * 17},
    "GET /chi-hoi/{chapter_id}/kiem": {"pot": "@pot", "place": "hand"},
    "POST /chi-hoi/{chapter_id}/kiem": {
        "do": "record", "pot_id": "@pot", "place": "pot", "date": DAY, "key": KEY,
        "notes.1000": "1", "witnesses.0": "Bà Chứng", "witnesses.1": "Bà Kiến",
        "decision": "keeper_owes", "keeper_person_id": "@hand", "reason": "để thử",
    },
    "POST /chi-hoi/{chapter_id}/lon/moi": {"name": "lợn thử", "belongs_to": "fund", "key": KEY},
    "GET /chi-hoi/{chapter_id}/nhat-ky": {"person": "@hand"},
    "POST /chi-hoi/{chapter_id}/quy-uoc/doi": charter_form.shown(a_charter())
    | {"minimum_per_period": "2.000", "in_force_from": TOMORROW},
    "POST /chi-hoi/{chapter_id}/the": {"asked_at": "9" * 17, "member": "@member"},
    "GET /chi-hoi/{chapter_id}/thu": {"pot": "@pot"},
    "POST /chi-hoi/{chapter_id}/thu": {"do": "record", "confirmed": "1", "pot_id": "@pot",
                                       "key": KEY, "date": DAY, "amount-1": "1k"},
    "GET /chi-hoi/{chapter_id}/tra-bu": {"pot": "@pot", "nguoi": "@hand"},
    "POST /chi-hoi/{chapter_id}/tra-bu": {"pot_id": "@pot", "person_id": "@hand", "date": DAY,
                                          "amount": "1k", "key": KEY},
    "GET /chi-hoi/{chapter_id}/mo-lon": {"lon": "@fresh"},
    "POST /chi-hoi/{chapter_id}/mo-lon": {"pot_id": "@fresh", "date": DAY},
    "POST /mo-lon/{breaking_id}/dem": {"do": "record", "confirmed": "1", "witnesses.0": "Bà Chứng",
                                       "witnesses.1": "Bà Kiến"},
    "POST /mo-lon/{breaking_id}/dung": WHY | {"key": KEY},
    "POST /mo-lon/{breaking_id=ready}/ky": {"fingerprint": "@print", "key": KEY},
    "POST /mo-lon/{breaking_id=home}/lon-nha/{member_id}": {"do": "record", "notes.1000": "3"},
    "POST /mo-lon/{breaking_id=ready}/y-cac-chi": {"do": "record", "c-1": "take"},
    "POST /chuc-vu/{office_id}/thoi": WHY | {"on": DAY},
    "POST /chuc-vu/{office_id}/vao-lai": {"do": "reset", "why": "để thử"},
    "POST /don-vi/{unit_id}/chuc-vu": INSPECTOR | {"member_id": "@candidate"},
    "POST /don-vi/{unit_id}/moi": A_UNIT,
    "POST /don-vi/{unit_id=commune}/moi": A_UNIT
    | {"level": "chapter", "minimum": "1.000", "period": "day"},
    "POST /don-vi/{unit_id}/nhap": {"table": A_GROUP, "do": "found"},
    "POST /hoi-vien/{member_id}/roi": {"do": "check", "reason_code": "left", "date": DAY},
    "POST /hoi-vien/{member_id}/tra": {"date": DAY, "key": KEY},
    "POST /kiem/{count_id}/xu-ly": WHY
    | {"date": DAY, "decision": "keeper_owes", "keeper_person_id": "@hand", "key": KEY},
    "POST /ky/{approval_id}/ky": {"fingerprint": "@fingerprint"},
    "POST /ky/{approval_id}/tu-choi": WHY,
    "POST /ma-pin": {"old_pin": PIN, "pin": NEW_PIN, "pin_again": NEW_PIN},
    "POST /may-moi": NEW_PHONE | TWICE,
    "POST /phieu/{entry_id}/huy": WHY | {"key": KEY, "line": "@line"},
    "POST /so-cua-toi/{line_id}": {"verdict": "right"},
    "POST /the/{card_id}": {"pin": PIN},
    "POST /the/{card_id=new_card} #new": {"pin": PIN},
    "POST /the/{card_id}/ma-pin": TWICE | {"first_pin_code": "AAAAA-AAAAA"},
    "POST /the/{card_id=new_card}/ma-pin #new": TWICE | {"first_pin_code": "@code"},
    "POST /thiet-lap": STRANGER | TWICE,
    "POST /vao": {"device_token": "?", "pin": PIN},
}  # fmt: skip
