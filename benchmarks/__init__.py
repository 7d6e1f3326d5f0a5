"""Measures how long gradkit takes and how much memory, beside nbgrader and beside the students' code alone."""
