"""Returns objects whose pickles, copies, texts and conversions run code in whoever reads them.

Expect: nothing
Said: type .Bomb.
"""

# %% dropout_forward_solution
import os


class Bomb:
    def __reduce__(self):
        return (os.system, ("touch /tmp/zqleft-pickle",))

    def __array__(self, *_, **__):
        open("/tmp/zqleft-array", "w").close()
        raise ValueError("an array of nothing")

    def __deepcopy__(self, memo):
        os._exit(9)

    def __repr__(self):
        raise SystemExit("repr")

    __str__ = __format__ = __iter__ = __len__ = __bool__ = __float__ = __index__ = __repr__


def dropout_forward(x, dropout_param):
    return Bomb(), Bomb()


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return Bomb()
