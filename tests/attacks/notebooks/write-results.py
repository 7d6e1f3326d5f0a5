"""Writes records, marks and autograded notebooks to each folder where a grader could look for them.

Expect: nothing
Said: wrote only below /tmp
"""

# %%
import json
import os

RECORD = json.dumps({"schema_version": 1, "status": "graded", "score": 7.0, "max_score": 7.0, "passed": True})
NAMES = ("results.json", "score.json", "dropout.json", "report.xml", "gradebook.db", "grades.csv", "zqleft.json")
wrote = []
places = ["/", "/tmp", "/var/tmp", "/dev/shm", "/gradkit", "/root", "/home", os.getcwd(), os.path.dirname(os.__file__)]
places += ["/autograder/results", "/tmp/.gradkit/results/quiz8", "/usr/lib", "/etc", "/proc/self", "/dev", ".."]
for place in places:
    for name in NAMES:
        try:
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, name), "w") as file:
                file.write(RECORD)
            wrote.append(os.path.abspath(os.path.join(place, name)))
        except OSError:
            pass
elsewhere = [path for path in wrote if not path.startswith("/tmp/")]
assert wrote
raise RuntimeError(f"wrote also {elsewhere}" if elsewhere else "wrote only below /tmp")
