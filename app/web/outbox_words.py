"""What the phone says of the sheets it keeps (static/js/phone.js), in the language of the page."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from app.terms import N_
from app.web import language

SAID = {
    "soon": N_("Sẽ vào sổ sau {n} giây"),
    "sending": N_("Đang gửi vào sổ"),
    "kept": N_("Đã lưu trên máy, có mạng sẽ tự gửi"),
    "unsure": N_("Chưa chắc đã vào sổ, máy đang hỏi lại"),
    "signin": N_("Đã lưu trên máy. Mời chị vào sổ lại để gửi."),
    "alone": N_("Ghi lúc chưa vào sổ bằng mã PIN, nên chưa gửi. Đúng là chị ghi thì chị bấm gửi."),
    "posted": N_("Đã vào sổ số {number} · mã {code}"),
    "fix": N_("Chưa vào sổ: {says}"),
    "unread": N_("sổ không đọc được phiếu này. Mời chị xem lại."),
    "refused": N_(
        "Chưa vào sổ: chị không còn giữ sổ này. Nhờ thủ quỹ mới hoặc chi hội trưởng xem."
    ),
    "other": N_(
        "Chị {who} ghi trên máy này, chưa gửi. Chị ấy vào sổ thì máy gửi;"
        " hoặc chị xem rồi ghi dưới tên chị."
    ),
    "hers": N_("Phiếu của chị {who}, chị ấy vào sổ thì máy gửi."),
    "doubt": N_(
        "Chị {who} ghi trên máy này, chưa chắc đã vào sổ. Chị ấy vào sổ thì máy hỏi lại;"
        " đừng ghi lần nữa khi chưa xem sổ ngày đó."
    ),
    "mended": N_("Phiếu này chị đã sửa và ghi lại rồi, xem ở Phiếu trên máy."),
    "practising": N_("Chị đang tập ghi sổ. Không có mạng thì chưa tập được, và chưa ghi gì."),
    "inbook": N_("đã vào sổ"),
    "onphone": N_("đã lưu trên máy"),
    "onhold": N_("chi hội đang giữ"),
    "notin": N_("không vào sổ"),
    "by": N_("Chị {by} đã xem và ghi vào sổ số {number} · mã {code}"),
    "unsent": N_("{n} dòng chưa gửi"),
    "answer": N_("{n} dòng chưa gửi, chờ chị xem"),
    "payers": N_("{n} chị"),
    "off": N_("Không có mạng · sổ lúc {at}"),
    "cut": N_("Đang không có mạng, chưa xem lại được. Phiếu vẫn nằm trên máy."),
    "copy": N_("Phiếu thu {day}, {payers} chị, {total}, chị {who} ghi"),
    "copied": N_("Đã chép. Chị dán vào tin nhắn để gửi."),
    "copyby": N_("Chị chép dòng này:"),
    "sure": N_("Bỏ phiếu này khỏi máy? Phiếu chưa vào sổ."),
    "unclear": N_("Dòng này máy chưa hiểu. Chị ghi lại, ví dụ 5.000."),
    "bare": N_("“{typed}” là {sum} phải không chị?"),
    "nobody": N_("Phiếu chưa có ai góp."),
    "today": N_("Trang này mở từ hôm trước. Ngày thu đã đổi thành hôm nay, {day}."),
    "straight": N_("Máy này không giữ phiếu được, đang gửi thẳng vào sổ."),
    "nowhere": N_(
        "Chưa ghi gì: máy này không giữ phiếu được, và đang không có mạng."
        " Chị để nguyên trang này, có mạng rồi ghi."
    ),
    "nokeep": N_(
        "Chưa ghi gì: máy này không giữ phiếu được. Phiếu cũ còn trên máy;"
        " chị tắt bớt trang khác rồi ghi lại."
    ),
}


@lru_cache
def script(lang: str) -> str:
    """The words as a script."""
    say = language.translations(lang).gettext
    said = {name: say(text) for name, text in SAID.items()}
    return f"window.solonWords = {json.dumps(said, ensure_ascii=False)};\n"


@lru_cache
def url(lang: str) -> str:
    """With a digest, so that it may be cached for ever."""
    digest = hashlib.sha256(script(lang).encode()).hexdigest()[:10]
    return f"/static/words.js?lang={lang}&v={digest}"
