import sys,time,tempfile,shutil
from pathlib import Path
from tests.faults.commands import Nursery
from tests.faults.chaos import run
if __name__=="__main__":
    plat,first,n=sys.argv[1],int(sys.argv[2]),int(sys.argv[3])
    nur=Nursery()
    for s in range(first,first+n):
        d=Path(tempfile.mkdtemp()); a=time.monotonic()
        r=run(plat,s,d/"h",nur)
        print(s, round(time.monotonic()-a,2), r.commands, dict(r.kills), dict(r.struck), dict(r.ends), r.mentions, r.posts, [str(f) for f in r.findings], flush=True)
        if r.findings or n==1:
            print("   ", "\n    ".join(r.story)); print((d/"h"/"err.txt").read_text()[-1500:]); print(d)
        else: shutil.rmtree(d)
    nur.close()
