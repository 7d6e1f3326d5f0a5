"""Columns are normalised in place of rows

Each row of the input belongs to one data point, and its numbers are the scores of that point's classes. The softmax
turns the scores of one point into probabilities, so it must look along a row and never at other points. Your function
divides by sums that run the other way, over all points of one class. Then the answer for one point changes when another
point joins the batch, and the probabilities of a point don't sum to one. See it yourself: take an array with two rows
and three columns, print the sums of your output in both directions, and ask which of the two ought to be ones. Then
read in the manual of NumPy which index disappears when an axis is named in a sum.
"""

# To replace: one wrong answer, as a student would write it. The first line above is the title, the rest the hint: 80 to
# 160 words that explain the idea and never show the fix.

import numpy as np


def softmax_forward(x):
    e = np.exp(x - np.max(x, axis=0, keepdims=True))
    out = e / np.sum(e, axis=0, keepdims=True)
    return out, out
