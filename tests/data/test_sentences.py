import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["It rained.", "Nobody came."],
        ["Mr. Holmes met Dr. Watson at 3.5 miles from St. Ives.", "They talked."],
        ["J. R. Smith wrote it.", "Was it good?", "Yes!"],
        ["He asked “Why?” and left.", "She stayed."],
        ["Bring apples, pears, etc. and wine.", "Do not wait."],
        ["Well... perhaps.", "And then?"],
        ["It cost $3.50.", "“Too much!”", "She paid."],
        ["A version like 2.0.1 is fine.", "Go to www.example.org today."],
    ],
)
def test_english_sentences(sentences):
    assert split_sentences(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今天下雨。", "没有人来！", "你呢？"],
        ["他说：“好的。”", "然后走了。"],
        ["你说“好的。”吗？", "是的。"],
        ["真的吗?", "当然。"],
        ["等等……", "算了。"],
        ["结果表明方法有效.", "误差为3.5度.", "王某.li没有来。"],
    ],
)
def test_chinese_sentences(sentences):
    assert split_sentences("".join(sentences)) == sentences


@given(st.text(alphabet="ab A.。!?！？…”“「」' \n1", max_size=60))
def test_only_blanks_are_lost(text):
    sentences = split_sentences(text)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(s == s.strip() and s for s in sentences)
