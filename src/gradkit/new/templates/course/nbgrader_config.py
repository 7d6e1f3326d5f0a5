"""nbgrader's settings for this course. Keep it together with nbgrader_config.json, which has what must hold when this file
can't be read: `nbgrader autograde` never runs a student's code.
"""

c = get_config()  # noqa: F821  # nbgrader hands it in

try:
    from gradkit.nbgrader_ext import configure

    configure(c)

    # To replace: the name by which students know the course in nbgrader's exchange.
    c.CourseDirectory.course_id = "COURSE_NAME"

    # Late work: take away the "#" of the next line, and each notebook loses a mark for each day begun.
    # c.AssignLatePenalties.plugin_class = "gradkit.nbgrader_ext.late_days.MarkPerDay"  # noqa: ERA001
except Exception as error:
    # nbgrader only logs an error in this file and goes on with its stock settings: it would run student code unprotected
    # and give full marks for every check cell without output.
    raise SystemExit(f"{__file__}: {type(error).__name__}: {error}") from error
