"""Replaces the answers by things that are no functions and by callables with hostile names, and hides them in __getattr__.

Expect: nothing
Said: not a function|is not defined|stopped with|has to return
"""

# %% last
class Hostile:
    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        raise SystemExit(name)

    def __class_getitem__(cls, item):
        raise SystemExit(item)

    __name__ = "<script>zqactive()</script>"


dropout_forward = Hostile()
dropout_backward = "<script>zqactive()</script>"
globals().update({f"dropout_forwar{chr(0x1B)}d{number}": print for number in range(1_000)})
globals()[7] = print
