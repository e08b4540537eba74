"""Reports of earlier versions are read under today's keys."""

from groundup.former.reports import current_report


def test_keys_of_an_earlier_compression_report_have_todays_names():
    old = {
        "kind": "compression",
        "found": {"lost": 1.5, "explanations": {"asked": 20}},
        "refusals": [{"limit": "max_loss", "found": 1.5, "allowed": 1.0}],
    }
    assert current_report(old) == {
        "kind": "compression",
        "comparison": {"lost": 1.5, "explanations": {"explained_rows": 20}},
        "refusals": [{"limit": "max_loss", "measured": 1.5, "allowed": 1.0}],
    }


def test_keys_of_other_reports_and_places_stay():
    assert current_report({"kind": "classification", "found": 1}) == {"kind": "classification", "found": 1}
    assert current_report({"kind": "multitask", "told": ["a"], "tasks": {"told": {}}}) == {
        "kind": "multitask",
        "summary": ["a"],
        "tasks": {"told": {}},
    }


def test_todays_report_is_read_as_it_is():
    report = {"kind": "compression", "comparison": {"lost": None}, "refusals": []}
    assert current_report(report) == report
