//! A plan document as data: targets, deadlines, quotas; evaluation and report.
