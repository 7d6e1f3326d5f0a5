"""nbgrader's settings for this course; copies of this file and of nbgrader_config.json make any folder of the same layout a course.

The JSON file has what must hold when this one can't be read: `nbgrader autograde` never runs a student's code.
"""

c = get_config()  # noqa: F821  # nbgrader hands it in

try:
    from gradkit.nbgrader_ext import configure

    configure(c)
    c.CourseDirectory.course_id = "gradkit"

    # Late work: take away the "#" of the next line, and see docs/nbgrader.md for rules of your own.
    # c.AssignLatePenalties.plugin_class = "gradkit.nbgrader_ext.late_days.MarkPerDay"  # noqa: ERA001
except Exception as error:
    # nbgrader only logs an error in this file and goes on with its stock settings: it would run student code unprotected
    # and give full marks for every check cell without output.
    raise SystemExit(f"{__file__}: {type(error).__name__}: {error}") from error
