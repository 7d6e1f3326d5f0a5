"""HTML, JavaScript, ANSI and formulas in exceptions, names of classes, functions and files, and in what is printed.

Expect: nothing
Said: zqactive
"""

# %% dropout_forward_solution
SCRIPT = "<script>zqactive()</script><img src=x onerror=zqactive()>"
ESCAPE = "\x1b[2J\x1b]0;zqactive\x07\x9b31m\u202e\u2066\x00\x08\r\n[bold red]=1+1|cmd"
print(SCRIPT, ESCAPE)
Named = type("<script>zqactive()</script>\x1b[31m=cmd", (Exception,), {})
code = compile(f"def fail():\n    raise Named(SCRIPT + ESCAPE)  # {SCRIPT}\n", f"<cell {SCRIPT}>", "exec")
exec(code, globals())


def dropout_forward(x, dropout_param):
    if len(x.shape) == 1:
        return Named(SCRIPT)
    fail()


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return type(SCRIPT, (), {})()
