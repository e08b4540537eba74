"""Rows of several kinds: each kind as it would be alone, whatever a row lacks."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch

from groundup.data.packed import ALONE, WHOLE
from groundup.data.rows import Rows, together
from groundup.errors import InputError
from groundup.folders import new_folder
from groundup.kinds.cell_fault import CellFault
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.known import NewKinds, open_kind, reader_for
from groundup.kinds.several.packed import ABSENT
from groundup.kinds.several.reader import SeveralReader
from groundup.kinds.table.reader import TableReader
from groundup.kinds.table.settings import ColumnSettings
from groundup.nn.config import PooledHeadConfig, Rotary, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.objective import make_inputs
from groundup.tasks.rows.cells import row_fault
from tests.tasks.reading_models import TEXTS, make_reader

Picture = pytest.importorskip("PIL.Image")
LENGTH = 24
COLUMNS = {"text": ("note",), "image": ("picture",), "table": ("age", "colour")}
SUBSETS = [one for size in (3, 2, 1) for one in combinations(COLUMNS, size)]
TOLERANCE = {"atol": 2e-6, "rtol": 1e-5}  # float32, rows of other batches in other blocks


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Texts, images of 8 pixels in patches of 4, and two columns."""
    home = tmp_path_factory.mktemp("several")
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 256, (9, 12, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(home / f"{number}.png")
    image = ImageReader(ImageTransform(size=8), 4, COLUMNS["image"])
    made = SeveralReader(
        [make_reader().with_columns(COLUMNS["text"]), image, TableReader(COLUMNS["table"], ColumnSettings(cell_dropout=0))]
    )
    made.home = home
    made.learn(rows_of(made, SUBSETS[0], 12))
    return made


def raw_of(reader, kinds, number):
    """Cells of a file of a row that has these kinds."""
    cells = {
        "text": [TEXTS[number % 4] + " the lamp" * (number % 3)],
        "image": [str(reader.home / f"{number}.png")],
        "table": [str(20 + 3 * number % 17), ("red", "blue", None)[number % 3]],
    }
    return [cell for kind in COLUMNS for cell in (cells[kind] if kind in kinds else [None] * len(COLUMNS[kind]))]


def rows_of(reader, kinds, count, first=0):
    return [reader.read_cells(raw_of(reader, kinds, first + number)) for number in range(count)]


def every_subset(reader):
    """A row for each subset of the kinds."""
    return [row for number, kinds in enumerate(SUBSETS) for row in rows_of(reader, kinds, 1, number)]


def make_model(reader, pooling="mean", positions=None):
    shape = TransformerConfig(
        vocab_size=reader.vocab_size,
        hidden_size=24,
        num_layers=2,
        num_heads=3,
        intermediate_size=40,
        max_positions=LENGTH,
        inputs=reader.inputs,
    )
    shape = shape if positions is None else replace(shape, positions=positions)
    return Model(shape, {"label": PooledHeadConfig(classes=3, pooling=pooling)}, seed=1).eval()


def ask(model, flat):
    """What the model says of each sequence, in the order of rows."""
    said = model(*make_inputs(flat), {"label": torch.from_numpy(flat.starts)})["label"]
    return said[np.argsort(flat.origins)]


def laid(packed, places=None, **more):
    places = np.arange(packed.size) if places is None else np.array(places)
    return packed.lay(places, places, {}, **more)


def test_a_missing_kind_is_no_token_and_each_kind_lies_as_it_would_alone(reader):
    rows = every_subset(reader)
    packed = reader.pack(rows, LENGTH)
    flat = laid(packed)
    alone = {one.kind: one.pack([cells], LENGTH) for one, cells in reader.parts(rows[0])}
    for row, kinds in enumerate(SUBSETS):
        assert packed.lengths[row] == 1 + sum(
            packed.kinds[kind].lengths[packed.members[row, k]] for k, kind in enumerate(COLUMNS) if kind in kinds
        )
        assert [packed.members[row, k] != ABSENT for k in range(3)] == [kind in kinds for kind in COLUMNS]
    first = int(np.flatnonzero(flat.origins == 0)[0])
    start, stop = flat.starts[first], flat.starts[first] + flat.lengths[first]
    for kind, packed_alone in alone.items():
        part, single = flat.parts[kind], laid(packed_alone)
        inside = (part.at >= start) & (part.at < stop)
        np.testing.assert_array_equal(part.tokens[inside], single.tokens)
        places = np.arange(len(single.tokens)) if single.places is None else single.places
        np.testing.assert_array_equal(part.places[inside], places)


def test_every_place_of_the_stream_but_the_starts_is_of_one_kind(reader):
    flat = laid(reader.pack(every_subset(reader), LENGTH))
    at = np.concatenate([part.at for part in flat.parts.values()])
    assert sorted([*at.tolist(), *flat.starts.tolist()]) == list(range(int(flat.lengths.sum())))
    assert flat.lengths.tolist() == sorted(flat.lengths.tolist(), reverse=True)


def test_training_may_leave_out_words_and_patches_that_keep_their_places(reader):
    packed = replace(reader.pack(rows_of(reader, SUBSETS[0], 12), LENGTH), token_dropout=0.5)
    places, whole = np.arange(packed.size), laid(packed)
    flat = packed.lay(places, places + 40, {}, training=True)
    for kind, part in flat.parts.items():
        rows, all_rows = (
            np.searchsorted(one.starts, one_part.at, "right") - 1
            for one, one_part in ((flat, part), (whole, whole.parts[kind]))
        )
        left = {(int(flat.origins[r]), int(p), t.tobytes()) for r, p, t in zip(rows, part.places, part.tokens, strict=True)}
        every = {
            (int(whole.origins[r]), int(p), t.tobytes())
            for r, p, t in zip(all_rows, whole.parts[kind].places, whole.parts[kind].tokens, strict=True)
        }
        assert left <= every, kind
        share = len(part.at) / len(whole.parts[kind].at)
        assert share == 1 if kind == "table" else 0.45 < share < 0.85, kind
    firsts = flat.parts["image"].places == 0
    assert firsts.sum() == 12, "the first token of an image stays"
    again = packed.lay(places, places + 40, {}, training=True)
    np.testing.assert_array_equal(again.parts["text"].tokens, flat.parts["text"].tokens)
    assert len(packed.lay(places, places + 41, {}, training=True).parts["image"].at) != len(flat.parts["image"].at)
    assert packed.varies


def test_training_may_read_each_kind_of_a_row_alone_too(reader):
    rows = every_subset(reader)
    packed = reader.pack(rows, LENGTH)
    packed.drop, packed.alone = 0.9, True
    places = np.arange(packed.size)
    flat = packed.lay(places, places, {"label": places * 10}, training=True)
    for kind, packed_alone in enumerate(packed.kinds.values()):
        single = np.flatnonzero(flat.labels[ALONE] == kind)
        assert sorted(flat.origins[single]) == np.flatnonzero(packed.members[:, kind] != ABSENT).tolist()
        members = packed.members[flat.origins[single], kind]
        assert flat.lengths[single].tolist() == (1 + packed_alone.lengths[members]).tolist()
    assert sorted(flat.origins[flat.labels[ALONE] == WHOLE]) == places.tolist()
    assert flat.labels["label"].tolist() == (flat.origins * 10).tolist()
    assert ALONE not in packed.lay(places, places, {}).labels


@pytest.mark.parametrize("pooling", ["first", "mean"])
@pytest.mark.parametrize("positions", [None, Rotary()])
def test_a_row_says_the_same_alone_and_among_others_whatever_it_lacks(reader, pooling, positions):
    model, rows = make_model(reader, pooling, positions), every_subset(reader)
    with torch.inference_mode():
        expected = ask(model, laid(reader.pack(rows, LENGTH)))
        for row, one in zip(rows, expected, strict=True):
            torch.testing.assert_close(ask(model, laid(reader.pack([row], LENGTH)))[0], one, **TOLERANCE)
    assert len({tuple(row) for row in expected.tolist()}) == len(rows)


@pytest.mark.parametrize("kinds", SUBSETS)
def test_gradients_reach_exactly_what_is_there(reader, kinds):
    model = make_model(reader)
    ask(model, laid(reader.pack(rows_of(reader, kinds, 3), LENGTH))).sum().backward()
    embed = model.backbone.embed
    assert embed.first.grad.abs().sum() > 0
    for kind in COLUMNS:
        reached = [one.grad for one in (*embed.kinds[kind].parameters(), embed.marks[kind]) if one.grad is not None]
        assert bool(sum(float(grad.abs().sum()) for grad in reached)) == (kind in kinds), kind


def test_what_is_dropped_hangs_on_seed_and_number_alone_and_one_kind_is_always_left(reader):
    reader.begin(7, drop_kinds=0.6)
    rows = Rows(reader.pack(rows_of(reader, SUBSETS[0], 8) + every_subset(reader)[-3:], LENGTH), None, seed=0)
    reader.begin(7)
    numbers = np.arange(rows.size * 40)
    flat, again = rows.batch(numbers), rows.batch(numbers[:5])
    assert rows.packed.varies
    one = {number: length for number, length in zip(flat.numbers.tolist(), flat.lengths.tolist(), strict=True)}
    assert [one[number] for number in again.numbers.tolist()] == again.lengths.tolist()
    whole = rows.packed.lengths[flat.origins]
    assert flat.lengths.min() > 1
    shorter = (flat.lengths < whole)[flat.origins < 8]
    assert 0.8 < shorter.mean() < 0.96  # all three kinds are kept in 0.4 ** 3 of the rows
    assert (flat.lengths == whole)[flat.origins >= 8].all()
    assert (laid(rows.packed).lengths == np.sort(rows.packed.lengths)[::-1]).all()  # not in use


def test_a_long_text_makes_windows_each_beside_all_else_that_the_row_has(reader):
    long, short = rows_of(reader, SUBSETS[0], 2)
    long = ("lamp " * 60, *long[1:])
    packed = reader.pack([long, short], LENGTH, "window")
    assert packed.owner.tolist() == [0] * (packed.size - 1) + [1]
    assert packed.size > 3
    assert len(set(packed.members[:-1, 0].tolist())) == packed.size - 1
    assert packed.members[:, 1].tolist() == [0] * (packed.size - 1) + [1]
    assert packed.long.tolist() == [True, False]
    assert len(laid(packed).lengths) == packed.size


def test_rows_together_are_those_of_both_where_one_lacks_a_kind(reader):
    first, second = rows_of(reader, ("text",), 2), rows_of(reader, SUBSETS[0], 3, 4)
    both = together(*(Rows(reader.pack(rows, LENGTH), None, 0) for rows in (first, second)))
    whole = reader.pack(first + second, LENGTH)
    assert both.packed.lengths.tolist() == whole.lengths.tolist()
    assert both.packed.owner.tolist() == whole.owner.tolist()
    for kind, part in laid(whole).parts.items():
        np.testing.assert_array_equal(laid(both.packed).parts[kind].tokens, part.tokens)
    assert reader.pack(first, LENGTH).digest() != reader.pack(second, LENGTH).digest()


def test_a_saved_reader_reads_the_same(reader, tmp_path):
    with new_folder(tmp_path / "model", kind="model") as new:
        reader.save(new, LENGTH)
    config = TransformerConfig(
        vocab_size=reader.vocab_size, hidden_size=8, num_layers=1, num_heads=1, intermediate_size=8, inputs=reader.inputs
    )
    again = open_kind(tmp_path / "model", config)
    for one in again.readers:
        one.columns = COLUMNS[one.kind]
    assert again.columns == reader.columns == ("note", "picture", "age", "colour")
    rows = every_subset(reader)
    assert again.pack(rows, LENGTH).digest() == reader.pack(rows, LENGTH).digest()


def test_stored_cells_give_the_row_again(reader):
    for row in every_subset(reader):
        again = reader.restore_cells(reader.write_cells(row))
        assert reader.key(again) == reader.key(row)
        assert reader.display(again) == reader.display(row)
        assert len(reader.display(row)) == 4


def test_a_model_that_has_learned_reads_tables_without_a_whole_kind_but_not_without_a_part_of_one(reader):
    assert reader.absent({"note", "age"}) == ["picture", "colour"]
    reader.trained = True
    assert reader.absent({"note", "picture", "age", "colour", "id"}) == []
    assert reader.absent({"note", "age"}) == ["colour"]
    assert reader.absent({"note"}) == []
    assert reader.without({"note"}) == [("image", "picture"), ("table", "age and colour")]
    assert reader.read_cells([None, " ", "", None]) is None
    with pytest.raises(ValueError, match="column 'note' is empty or not text"):
        reader.read_cells([3, None, "20", None])
    two = SeveralReader([make_reader().with_columns(["a", "b"]), TableReader(["age"])])
    with pytest.raises(ValueError, match="column 'a' or 'b' is empty or not text"):
        two.read_cells(["lamp", None, "20"])


def test_rows_that_share_a_text_or_an_image_are_never_parted_and_equal_columns_mean_nothing(reader):
    one, other = rows_of(reader, SUBSETS[0], 2)
    same_text, same_image, same_table = (one[0], *other[1:]), (other[0], one[1], *other[2:]), (*other[:2], *one[2:])
    clusters = reader.clusters([one, same_text, (None, one[1], None, None), (None, None, *one[2:])])
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]
    assert reader.clusters([one, same_image])[0] == reader.clusters([one, same_image])[1]
    assert len(set(reader.clusters([one, same_table]).tolist())) == 2
    assert reader.leaks([one], [same_text, other]).exact == 0.5
    assert reader.leaks([one], [other]).exact == 0


def test_a_text_that_many_rows_hold_is_a_value_and_ties_no_rows_together(reader):
    rows = [("no note" if n % 2 else f"note {n} of the {n * n}", None, str(n), "red") for n in range(60)]
    assert len(set(reader.clusters(rows).tolist())) == 60
    assert reader.leaks(rows[:40], rows[41::2]).worst == 0
    assert len(set(reader.clusters(rows[:10]).tolist())) == 6  # five of ten may still be one text


def test_equal_rows_of_several_kinds_are_repeats_where_a_kind_says_so(reader):
    rows = [("a note", None, "1", "red"), (None, None, "1", "red")]
    assert reader.equal_rows([*rows, *rows]) == {2: 0, 3: 1}
    assert reader.repeats([*rows, *rows]) == {2: 0}


def test_joined_features_are_finite_and_as_many_whatever_a_row_lacks(reader):
    rows = every_subset(reader)
    features = reader.features(rows)
    known, other = features.fit(rows), features.transform(rows[-1:])
    assert known.shape == (len(rows), other.shape[1])
    assert np.isfinite(known.toarray()).all()
    numbers = features.numbers(rows)
    assert numbers.shape == (len(rows), len(features.categorical))
    assert np.isnan(numbers[-1]).any()  # a row of columns alone
    assert features.numbers(rows[-1:]).shape[1] == numbers.shape[1]


def test_every_token_is_of_a_unit_of_its_kind_or_of_none(reader):
    for row, kinds in zip(every_subset(reader), SUBSETS, strict=True):
        packed = reader.pack_located(row, LENGTH, "truncate")
        units, owners = reader.units(row, packed)
        assert [len(one) for one in owners] == packed.lengths.tolist()
        owner = np.concatenate(owners)
        assert set(owner[owner >= 0].tolist()) == set(range(len(units)))
        named = [unit.name for unit in units]
        assert any(name.startswith("age = ") for name in named) == ("table" in kinds)
        assert any(name.startswith("patch ") for name in named) == ("image" in kinds)


def test_rows_in_memory_are_mappings_or_cells_and_may_lack_a_kind(reader):
    row = rows_of(reader, ("text", "table"), 1)[0]
    given = {"note": row[0], "age": row[2], "colour": row[3]}
    assert reader.rows_in_memory([given, list(row)]) == [row, row]
    with pytest.raises(InputError, match=r"row 1.*no column 'colour'"):
        reader.rows_in_memory([{"note": "a lamp", "age": 3}])
    with pytest.raises(InputError, match="EMPTY_ROW"):
        reader.rows_in_memory([{"note": None}])


def test_a_kind_that_no_training_row_has_is_refused(reader):
    other = SeveralReader([make_reader().with_columns(["note"]), TableReader(["age"])])
    with pytest.raises(InputError, match="'age' is empty in all training rows"):
        other.learn([("a lamp", None)])


def test_new_kinds_stand_behind_those_that_a_model_reads(reader, tmp_path):
    with new_folder(tmp_path / "model", kind="model") as new:
        reader.readers[1].save(new)
    shape = TransformerConfig(
        vocab_size=0, hidden_size=8, num_layers=1, num_heads=1, intermediate_size=8, inputs=reader.readers[1].inputs
    )
    made = reader_for({"table": ["age"], "image": ["picture"]}, tmp_path / "model", shape, NewKinds())
    assert [one.kind for one in made.readers] == ["image", "table"]
    assert made.columns == ("picture", "age")
    with pytest.raises(InputError, match="reads image, and no image_column is named"):
        reader_for({"table": ["age"]}, tmp_path / "model", shape, NewKinds())
    made = reader_for({"text": ["note"], "image": ["picture"]}, tmp_path / "model", shape, NewKinds())
    assert [one.kind for one in made.readers] == ["image", "text"]
    assert [one.kind for one in reader_for(COLUMNS, None, None, NewKinds()).readers] == ["text", "image", "table"]


def test_what_is_wrong_with_a_cell_names_its_column_and_its_kind(reader):
    with pytest.raises(CellFault, match=r"column 'picture': image 'gone\.png' is not there") as caught:
        reader.read_cells(["a lamp", "gone.png", "20", "red"], reader.home)
    assert row_fault(caught.value, reader)[0] == "NO_IMAGE"
    with pytest.raises(CellFault, match="column 'note' is empty or not text") as caught:
        reader.read_cells([7, None, "20", "red"])
    assert row_fault(caught.value, reader) == ("NO_TEXT", "column 'note' is empty or not text")
    assert reader.read_cells([None] * 4) is None
    assert row_fault(None, reader) == ("NO_CELLS", "no column that is read holds anything")
    assert row_fault(ValueError("is odd"), reader.readers[2]) == ("NO_CELLS", "column 'age' or 'colour' is odd")
