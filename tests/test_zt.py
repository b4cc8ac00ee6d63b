import time, resource, psutil
def cpu(): return sum(sum(p.cpu_times()[:2]) for p in psutil.process_iter() if p.name()=='postgres')
def test_t(postgres):
  for _ in range(3):
    for strat in (" STRATEGY file_copy", " STRATEGY wal_log"):
        t=time.perf_counter(); us=[]
        for i in range(10): us.append(postgres._create(" TEMPLATE migrated"+strat))
        a=time.perf_counter()
        for u in us: postgres.drop(u)
        b=time.perf_counter()
        print(strat or "default", (a-t)/10, "drop", (b-a)/10)
  assert 0
