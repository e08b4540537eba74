"""Images as phones, microscopes and drawing programs save them reach the model as people see them, or are refused."""

import io
import json

import numpy as np
import pytest

from groundup.data.settings import ImageSettings, ReadSettings
from groundup.data.sources.records import Rejects
from groundup.data.sources.upright import upright
from groundup.errors import InputError
from groundup.kinds.image.files import decoder, read_images
from groundup.kinds.image.image_transform import ImageTransform
from groundup.manifest import digest
from tests.commands.life import groundup

Image = pytest.importorskip("PIL.Image")
SIZE = 8


def saved(image, kind="PNG", **settings):
    sink = io.BytesIO()
    image.save(sink, kind, **settings)
    return sink.getvalue()


def read(data, kind="png", channels=3, size=SIZE):
    """[channels, size, size] pixels and what was done."""
    return decoder()(data, kind, "one", ImageSettings(size=size, channels=channels))


def turned(angle=6):
    """Black, with a red left half; shown to people with the red on top (6), or below (8)."""
    pixels = np.zeros((SIZE, SIZE, 3), np.uint8)
    pixels[:, : SIZE // 2, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = angle
    return Image.fromarray(pixels), exif


def test_all_levels_of_a_16_bit_image_reach_the_model():
    ramp = (np.arange(256, dtype=np.uint32) * 257).astype(np.uint16).reshape(16, 16)
    pixels, done = read(saved(Image.fromarray(ramp)), channels=1, size=16)
    assert pixels.reshape(-1).tolist() == list(range(256))
    assert done == {"scaled"}
    assert (read(saved(Image.fromarray(ramp)), size=16)[0] == pixels).all(), "in colors, all three are the same"
    between = np.full((4, 4), 200, np.uint16)  # 0.78 of a level is nearer to 1 than to 0
    assert set(read(saved(Image.fromarray(between)), channels=1)[0].reshape(-1).tolist()) == {1}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(("angle", "half"), [(6, "top"), (8, "bottom")])
def test_a_lying_photo_is_turned_upright(kind, angle, half):
    image, exif = turned(angle)
    pixels, done = read(saved(image, kind, exif=exif), kind.lower())
    top, bottom = pixels[0, : SIZE // 2 - 1].mean(), pixels[0, SIZE // 2 + 1 :].mean()
    assert (top > 200 > 60 > bottom) if half == "top" else (bottom > 200 > 60 > top)
    assert done == {"turned"}


def test_what_is_transparent_is_white_whatever_color_hides_there():
    for hidden in ((0, 255, 0, 0), (0, 0, 0, 0)):
        pixels = np.full((SIZE, SIZE, 4), hidden, np.uint8)
        pixels[2:6, 2:6] = (0, 0, 0, 255)
        seen, done = read(saved(Image.fromarray(pixels)))
        assert seen[:, 0, 0].tolist() == [255, 255, 255]
        assert seen[:, 4, 4].tolist() == [0, 0, 0]
        assert done == {"laid"}


def test_opaque_alpha_changes_nothing():
    pixels = np.full((SIZE, SIZE, 4), (10, 20, 30, 255), np.uint8)
    seen, done = read(saved(Image.fromarray(pixels)))
    assert seen[:, 0, 0].tolist() == [10, 20, 30]
    assert done == set()


def test_half_transparent_gray_is_mixed_with_white():
    seen, done = read(
        saved(Image.merge("LA", [Image.new("L", (SIZE, SIZE), 0), Image.new("L", (SIZE, SIZE), 127)])), channels=1
    )
    assert set(seen.reshape(-1).tolist()) == {128}
    assert done == {"laid"}


def test_a_palette_is_its_colors_and_its_transparent_entry_is_white():
    image = Image.new("P", (SIZE, SIZE), 0)
    image.putpalette([200, 0, 0, 0, 0, 200])
    image.paste(1, (0, 0, 4, SIZE))
    assert read(saved(image))[0][:, 0, [0, 7]].T.tolist() == [[0, 0, 200], [200, 0, 0]]
    assert read(saved(image, transparency=1))[0][:, 0, [0, 7]].T.tolist() == [[255, 255, 255], [200, 0, 0]]


def test_one_bit_is_black_and_white():
    image = Image.new("1", (SIZE, SIZE), 0)
    image.paste(1, (0, 0, 4, SIZE))
    assert read(saved(image), channels=1)[0][0, 0].tolist() == [255] * 4 + [0] * 4


def test_inks_become_colors():
    seen, _ = read(saved(Image.new("CMYK", (SIZE, SIZE), (0, 255, 255, 0)), "JPEG", quality=100), "jpeg")
    red, green, blue = seen[:, 3, 3].tolist()
    assert red > 230
    assert max(green, blue) < 40


def test_one_frame_is_read_and_several_are_refused():
    frames = [Image.new("P", (SIZE, SIZE), n) for n in range(3)]
    for n, frame in enumerate(frames):
        frame.putpalette([n * 40] * 9)
    assert read(saved(frames[0], "GIF"), "gif")[1] == set()
    with pytest.raises(InputError, match=r"MANY_FRAMES one: has 3 frames"):
        read(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "gif")


def test_a_model_sees_the_same_upright_picture_as_the_data_folder():
    image, exif = turned()
    data = saved(image, exif=exif)
    look = ImageTransform(size=SIZE)
    assert (decoder()(data, "png", "one", look)[0] == read(data)[0]).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_cut_file_is_never_a_picture_and_says_no_address(kind):
    rng = np.random.default_rng(0)
    whole = saved(Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)), kind)
    for length in range(1, len(whole) - 20, max(1, len(whole) // 40)):
        with pytest.raises(InputError) as error:
            read(whole[:length], kind.lower())
        assert error.value.code == "BAD_IMAGE"
        assert "0x" not in str(error.value)


def test_every_broken_byte_is_a_picture_or_a_refusal():
    rng = np.random.default_rng(1)
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        whole = saved(Image.fromarray(rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)), kind)
        for _ in range(300):
            broken = bytearray(whole)
            broken[rng.integers(len(broken))] = rng.integers(256)
            try:
                pixels, _ = read(bytes(broken), kind.lower())
            except InputError:
                continue
            assert pixels.shape == (3, SIZE, SIZE)


def test_numbers_of_32_bits_have_no_white():
    with pytest.raises(InputError, match="numbers of 32 bits"):
        upright(Image.fromarray(np.ones((4, 4), np.int32)), "L", "one")


@pytest.fixture
def mixed(tmp_path):
    """Images of several kinds, some broken, in two classes."""
    rng = np.random.default_rng(2)
    for label in ("a", "b"):
        (tmp_path / "in" / label).mkdir(parents=True)
        for number in range(6):
            Image.fromarray(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)).save(tmp_path / "in" / label / f"{number}.png")
    image, exif = turned()
    (tmp_path / "in" / "a" / "lying.png").write_bytes(saved(image, exif=exif))
    (tmp_path / "in" / "a" / "deep.png").write_bytes(saved(Image.fromarray(np.full((9, 9), 30_000, np.uint16))))
    (tmp_path / "in" / "b" / "broken.jpg").write_text("no image")
    return tmp_path / "in"


def test_the_report_says_what_was_done_to_images(mixed, tmp_path, capsys):
    assert groundup("prepare", "--source", mixed, "--out", tmp_path / "out", "--image.size", 8, "--read.max_rejects", 1) == 0
    said = capsys.readouterr().err
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    told = [note for note in report["reading"] if not note.startswith("warning: the validation split is empty")]
    assert told == ["images turned upright, as their EXIF orientation says: 1", "images of 16 bits, all divided by 257: 1"]
    for note in report["reading"]:
        assert note in said
        assert note in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_two_prepares_make_the_same_bytes_though_an_image_is_broken(mixed, tmp_path):
    for out in ("one", "two"):
        assert (
            groundup(
                "prepare", "--source", mixed, "--out", tmp_path / out, "--image.size", 8, "--read.max_rejects", 1, "--quiet"
            )
            == 0
        )
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert "is no jpeg" in (tmp_path / "one" / "rejects.jsonl").read_text("utf-8")


def test_a_class_without_images_is_refused_by_name(mixed):
    (mixed / "c").mkdir()
    (mixed / "c" / "notes.txt").write_text("no image")
    with pytest.raises(InputError, match=r"EMPTY_CLASS .*/c: holds no image"):
        list(read_images([str(mixed)], ReadSettings(max_rejects=5), ImageSettings(size=8), Rejects()))
