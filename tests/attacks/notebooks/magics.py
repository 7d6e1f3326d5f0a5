"""Commands of IPython: shell lines, %run, %%bash, %%script, %system, !!, %cd, %load_ext, %env and history.

Answers: right
Expect: everything
Said: .
"""

# %%
got = !touch /tmp/zqleft-shell; cat /etc/passwd
!!id
!rm -rf /tmp/*
%cd /
%env PATH=/tmp
%load_ext autoreload
%system id

# %%
%%bash
touch /tmp/zqleft-bash
sleep 60

# %%
%%script --bg sh
sleep 600

# %%
%%writefile /tmp/zqleft-written
x

# %%
raise RuntimeError(f"got {got}")
