"""Runs a student's code in another process, where nothing of the course exists, and makes calls to it look local."""
