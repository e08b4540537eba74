"""The dialects of CoNLL: each file's layout is found once, said, and can be set."""

import pytest

from groundup.data.sources.records import Rejects
from tests.data.sources.reading import read, refused, write


def sentences(path, **settings):
    rejects = Rejects()
    rows = read(path, rejects, **settings)
    return [(row.values["words"], row.values.get("tags")) for row in rows], rejects


NAMES = (["Ada", "Byron", "saw", "Bath"], ["B-PER", "I-PER", "O", "B-LOC"])

DIALECTS = {
    "MultiCoNER": "# id 7f	domain=en\nAda _ _ B-PER\nByron _ _ I-PER\nsaw _ _ O\nBath _ _ B-LOC\n\n",
    "GermEval": "#\thttp://x.org/a [2009-10-17]\n1\tAda\tB-PER\tO\n2\tByron\tI-PER\tB-LOC\n3\tsaw\tO\tO\n4\tBath\tB-LOC\tO\n\n",
    "UD": "# sent_id = 1\n# text = Ada Byron saw Bath\n1\tAda\tAda\tPROPN\t_\t_\t3\tnsubj\t_\tNER=B-PER\n2\tByron\tByron\tPROPN\t_\t_\t1\tflat\t_\t"
    "NER=I-PER\n2.1\tx\tx\tX\t_\t_\t_\t_\t_\t_\n3\tsaw\tsee\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No|NER=O\n"
    "4-5\tBaths\t_\t_\t_\t_\t_\t_\t_\t_\n4\tBath\tBath\tPROPN\t_\t_\t3\tobj\t_\tNER=B-LOC\n\n",
    "CoNLL-U Plus": "# global.columns = ID FORM UPOS NE:TAG\n1\tAda\tPROPN\tB-PER\n2\tByron\tPROPN\tI-PER\n3\tsaw\tVERB\tO\n4\tBath\tPROPN\tB-LOC\n\n",
    "numbers last": "Ada B-PER 0\nByron I-PER 0\nsaw O 0\nBath B-LOC 0\n\n",
    "BILOU": "Ada B-PER\nByron L-PER\nsaw O\nBath U-LOC\n\n",
    "BMES": "Ada B-PER\nByron E-PER\nsaw O\nBath S-LOC\n\nA M-PER\n\n",
    "IOB1": "Ada I-PER\nByron I-PER\nsaw O\nBath I-LOC\n\nX I-LOC\nY B-LOC\n\n",
    "bare types": "Ada PER\nByron PER\nsaw O\nBath LOC\n\n" + "so O\n" * 9,
    "tag first": "B-PER\tAda\nI-PER\tByron\nO\tsaw\nB-LOC\tBath\n\n",
    "underscores": "Ada B_PER\nByron I_PER\nsaw O\nBath B_LOC\n\n",
    "brackets": "#begin document (nw/a); part 000\n"
    + "".join(
        f"nw/a 0 {n} {word} NNP (S* - - - - {name}{extra} -\n"
        for n, (word, name, extra) in enumerate(
            [("Ada", "(PER*", ""), ("Byron", "*)", " *"), ("saw", "*", ""), ("Bath", "(LOC)", "")]
        )
    )
    + "\n#end document\n",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_gives_the_same_words_and_names(dialect, tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conll", DIALECTS[dialect]))
    assert found[0] == NAMES
    assert not rejects.first
    assert any("--read.tags_column" in note for note in rejects.notes())


def test_words_of_a_tab_separated_file_keep_their_blanks(tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conll", "New York\tB-LOC\n1\u00a0000\tB-NUM\n3\u3000500\tO\n"))
    assert found == [(["New York", "1\u00a0000", "3\u3000500"], ["B-LOC", "B-NUM", "O"])]
    assert "CoNLL parted by tabs" in rejects.notes()[0]


def test_trailing_numbers_are_judged_by_the_file_and_not_by_the_sentence(tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conll", "in 4 B-X\nof 5 O\n\nup 6 7\n\n" + "so 1 O\n\n" * 140))
    assert found[0][1] == ["B-X", "O"]
    assert rejects.first[0]["what"] == "from line 4: '7' is no tag of the scheme BIO"
    found, rejects = sentences(write(tmp_path / "b.conll", "EU B-X 0\n\n" * 300 + "at 5\n\n"))
    assert found[0] == (["EU"], ["B-X"])
    assert rejects.first[0]["what"] == "line 601 has 2 fields, and other lines have 3"


def test_the_columns_can_be_set_by_number_name_and_key(tmp_path):
    ud = write(tmp_path / "a.conllu", DIALECTS["UD"])
    assert sentences(ud, tags_column="UPOS")[0][0][1] == ["PROPN", "PROPN", "VERB", "PROPN"]
    assert sentences(ud, words_column="LEMMA")[0][0][0] == ["Ada", "Byron", "see", "Bath"]
    assert sentences(ud, tags_column="NER")[0] == sentences(ud, tags_column="MISC:NER")[0] == sentences(ud)[0]
    german = write(tmp_path / "b.conll", DIALECTS["GermEval"])
    assert sentences(german, tags_column=-1)[0][0][1] == sentences(german, tags_column="4")[0][0][1] == ["O", "B-LOC", "O", "O"]
    error = refused(ud, tags_column=12)
    assert (error.code, "--read.tags_column" in error.fix, "MISC" in error.what) == ("NO_COLUMN", True, True)
    assert refused(german, words_column=3, tags_column=3).code == "WHICH_COLUMN"


def test_universal_dependencies_without_names_give_the_parts_of_speech_and_say_so(tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conllu", DIALECTS["UD"].replace("NER=", "X=y,")))
    assert found[0][1] == ["PROPN", "PROPN", "VERB", "PROPN"]
    assert "tags in column 4 (UPOS), no scheme of names" in rejects.notes()[0]


def test_a_column_that_is_evidently_no_tags_is_refused_with_what_was_found(tmp_path):
    error = refused(write(tmp_path / "a.conll", [f"word{i} NN lemma{i}" for i in range(60)]))
    assert (error.code, error.fix.startswith("--read.tags_column")) == ("NOT_TAGS", True)
    assert (
        error.what
        == "column 3 holds 60 different values for 60 words, so it holds no tags; the first line is word0 | NN | lemma0"
    )


def test_a_hash_is_a_word_where_it_has_a_tag(tmp_path):
    found, _ = sentences(write(tmp_path / "a.conll", "#\tO\n#sun\tB-X\nup\tO\n\n# a comment\n#1\tO\n"))
    assert found == [(["#", "#sun", "up"], ["O", "B-X", "O"]), (["#1"], ["O"])]


def test_tags_of_two_schemes_are_refused_and_stray_ones_reject_their_sentence(tmp_path):
    assert refused(write(tmp_path / "a.conll", "a U-X\nb S-X\n" * 20)).code == "MIXED_TAGS"
    lines = "a B-X\nb O\n\n" * 10_000 + "c U-X\n\n"  # beyond the lines by which a file is judged
    found, rejects = sentences(write(tmp_path / "b.conll", lines))
    assert (len(found), rejects.first[0]["what"]) == (10_000, "from line 30001: 'U-X' is no tag of the scheme BIO")


def test_tags_that_nothing_began_are_counted(tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conll", "a B-X\n\n" * 9 + "b O\nc I-X\n"))
    assert found[-1] == (["b", "c"], ["O", "B-X"])
    assert (
        "warning: a.conll: 1 tag goes on with a name that nothing began (I- after O); each was read as the beginning of one"
        in rejects.notes()
    )


def test_words_alone_are_rows_without_tags(tmp_path):
    found, rejects = sentences(write(tmp_path / "a.conll", "Ada\nsaw\n\nBath\n"))
    assert found == [(["Ada", "saw"], None), (["Bath"], None)]
    assert "one word a line and no tags" in rejects.notes()[0]
