# Written by `python -m groundup.usage.stub` from the settings of the commands: not by hand.
"""groundup: from raw files to a Transformer that is pretrained, fine-tuned, evaluated and used."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypeAlias, TypedDict

from groundup.augment.settings import AugmentSettings as AugmentSettings
from groundup.commands.multitask.settings import SearchSettings as SearchSettings
from groundup.commands.multitask.settings import TaskSettings as TaskSettings
from groundup.compress.prune_settings import PruneSettings as PruneSettings
from groundup.compress.quantize_settings import QuantizeSettings as QuantizeSettings
from groundup.compress.settings import DistillSettings as DistillSettings
from groundup.compress.settings import TheseusSettings as TheseusSettings
from groundup.data.settings import CleanSettings as CleanSettings
from groundup.data.settings import DedupSettings as DedupSettings
from groundup.data.settings import ImageSettings as ImageSettings
from groundup.data.settings import LabelSettings as LabelSettings
from groundup.data.settings import ReadSettings as ReadSettings
from groundup.data.settings import SplitSettings as SplitSettings
from groundup.data.settings import TokenizerSettings as TokenizerSettings
from groundup.kinds.image.settings import NewImageSettings as NewImageSettings
from groundup.kinds.table.settings import ColumnSettings as ColumnSettings
from groundup.train.settings import LoraSettings as LoraSettings
from groundup.train.settings import OptimizerSettings as OptimizerSettings
from groundup.train.settings import RegularizeSettings as RegularizeSettings
from groundup.train.settings import ReplaySettings as ReplaySettings
from groundup.errors import DataWarning as DataWarning
from groundup.errors import GroundupError as GroundupError
from groundup.errors import InputError as InputError
from groundup.errors import Interrupted as Interrupted
from groundup.estimators.known import Classifier as Classifier
from groundup.estimators.known import MultilabelClassifier as MultilabelClassifier
from groundup.estimators.known import MultilabelTextClassifier as MultilabelTextClassifier
from groundup.estimators.known import Regressor as Regressor
from groundup.estimators.known import Tagger as Tagger
from groundup.estimators.known import TextClassifier as TextClassifier
from groundup.estimators.known import TextRegressor as TextRegressor
from groundup.estimators.known import TextTagger as TextTagger
from groundup.evaluate.loading import load as load
from groundup.runs import Outcome as Outcome
from groundup.train.callback import CallbackError as CallbackError
from groundup.train.callback import TrainingStep as TrainingStep

Path: TypeAlias = str | PathLike[str]
Data: TypeAlias = Path | Any
"""A path, or a table in memory: a frame (pandas, polars), a Table of pyarrow, a Dataset of Hugging Face, a list of
dictionaries, a dictionary of columns, an iterator of rows; tables by split: {"train": frame, "test": frame}."""

__version__: str

class AugmentOptions(TypedDict, total=False):
    method: Literal["none", "eda", "aeda", "substitute", "back_translation"]
    """How copies are made: words replaced, inserted, swapped and deleted (eda), punctuation inserted (aeda), words
    drawn from a masked language model (substitute), a translation and back (back_translation)."""
    copies: int
    """Copies of each text; those that cannot be used are counted and left out. back_translation always makes 1."""
    operations: Literal["replace", "insert", "swap", "delete"] | Sequence[Literal["replace", "insert", "swap", "delete"]]
    """What eda does, one of these in each copy. replace and insert need a model or a list that knows synonyms."""
    alpha: float
    """Share of the words that eda changes in a copy, at least one."""
    punctuation: float
    """Most marks that aeda inserts, as a share of the words."""
    rate: float
    """Share of the words that substitute draws anew, at least one."""
    temperature: float
    """Temperature of the draw: below 1 likelier words, above 1 bolder ones."""
    sides: Literal["both", "first", "second", "either"]
    """Of a pair of texts, which are changed; either: one of them, drawn for each copy."""
    forth: Path | None
    """For back_translation: the model folder or run that translates the texts into another language."""
    back: Path | None
    """For back_translation: the one that translates that into the texts' language again."""
    chinese: Literal["words", "characters"]
    """What a Chinese word is: a word by the dictionary of the package rjieba, or each character."""

class CleanOptions(TypedDict, total=False):
    mojibake: bool
    """Repair text that was decoded wrongly (Ã© for é)."""
    control: bool
    """Remove control and zero-width characters."""
    normalize: Literal["NFC", "NFKC", "none"]
    """Unicode normalization."""
    whitespace: bool
    """Collapse runs of blanks."""
    min_characters: int
    """Drop paragraphs that are shorter."""
    min_letters: float
    """Drop paragraphs in which letters (of any script) are a smaller share of the characters."""
    repeated_lines: bool
    """Drop a paragraph that stood in the same document before, when it is longer than 30 characters."""
    personal: bool
    """Replace e-mail addresses, telephone, card, account and identity numbers and IP addresses."""

class ColumnOptions(TypedDict, total=False):
    kinds: str | Sequence[str]
    """NAME=number, number:. or number:, (what stands before the decimals), category, date, date:dmy, date:mdy, text
    or id: what a column is, in the place of what its cells show."""
    missing: str | Sequence[str]
    """NAME=VALUE: a value that means that nothing is known, in this column."""
    mark_missing: bool
    """Whether a cell that is missing has a token that says so, instead of none."""
    bins: int
    """Bins of a number, each with the same count of training rows."""
    pool: int
    """Categories that fewer training rows have share one vector."""
    background: int
    """Training rows that the model folder keeps: explanations start from what they hold. 0 keeps none, and
    explanations start from missing cells."""
    cell_dropout: float
    """Share of the cells of a training row that are left out, other ones each time."""
    noise: float
    """Deviation of what training adds to a number, in deviations of its column."""
    swap: float
    """Share of the cells of a training row taken from another row with the same label (CutMix for cells)."""

class DedupOptions(TypedDict, total=False):
    exact: bool
    """Drop documents that repeat another after folding case, width and blanks."""
    near: bool
    """Drop documents that are nearly another (MinHash over character 5-grams)."""
    similarity: float
    """Share of 5-grams in common from which documents are nearly the same, at least 0.5. Of a document of more than
    20,000 characters its beginning is compared, and its length."""

class DistillOptions(TypedDict, total=False):
    recipe: Literal["logits", "distilbert", "minilm", "tinybert"]
    """What is learned besides the labels: what the teacher says (logits), and inside it the direction of the last
    states (distilbert), relations of the last queries, keys and values (minilm), or states, embedding and
    attention scores of all layers, first, and then what it says (tinybert)."""
    layers: int | None
    """Blocks of the student, taken from the teacher at even distances. Default: half of them."""
    from_layers: int | Sequence[int]
    """Which blocks of the teacher (from 0) the student begins with, instead of those at even distances."""
    student: Path | None
    """Model folder or run to train as the student instead; it must have the teacher's tokenizer."""
    temperature: float
    """What logits are divided by before they are compared; the loss is multiplied by its square."""
    soft: float | None
    """Weight of the teacher's answers. Default, as of the other weights: the recipe's."""
    hard: float | None
    """Weight of the labels."""
    states: float | None
    """Weight of the squared error of the states of every layer."""
    cosine: float | None
    """Weight of the angle between the last states."""
    embedding: float | None
    """Weight of the squared error of the embedding."""
    attention: float | None
    """Weight of the squared error of the attention scores, head by head."""
    relation: float | None
    """Weight of the relations."""
    relation_heads: int | None
    """Heads in which relations are compared. Default: the teacher's, where they divide both widths."""

class ImageOptions(TypedDict, total=False):
    size: int
    """Side in pixels."""
    channels: Literal[1, 3]
    """3 for color, 1 for gray."""

class LabelOptions(TypedDict, total=False):
    separator: str
    """The text between several labels in a cell, `blank`, `tab`, or `none` where a cell is one name. auto: inferred
    from all cells. Lists in cells need none."""
    names: str | Sequence[str]
    """Names of the labels in the order of their numbers, where the column holds such numbers or vectors of 0 and 1."""
    columns: str | Sequence[str]
    """Columns of 0 and 1, one for each label, instead of the label column; their names are the labels."""
    rename: str | Sequence[str]
    """What the column calls a label, and its name: `pos=positive`; given again for further ones."""
    impossible: str | None
    """Column that says whether a question has no answer, like is_impossible; what the label column holds there does
    not count. Where there is none, an empty list says so."""
    language: str | None
    """Language of the texts in the label column (of the answers, for answering), like ja: by it BLEU, ROUGE and
    exact matches part words. Default: what the script of the training texts says."""

class LoraOptions(TypedDict, total=False):
    rank: int
    """Width of the small matrices; 0: all weights are trained themselves."""
    alpha: float
    """Their factor is alpha / rank."""
    dropout: float
    """Dropout before them."""
    targets: Literal["query_value", "attention", "all_linear"]
    """Which layers have them."""
    dora: bool
    """Train the length of each row apart (DoRA)."""

class NewImageOptions(TypedDict, total=False):
    size: int
    """Side in pixels."""
    patch_size: int
    """Side of a patch in pixels."""
    channels: Literal[1, 3]
    """3 for color, 1 for gray."""

class OptimizerOptions(TypedDict, total=False):
    method: Literal["adamw", "muon"]
    """AdamW, or Muon for the matrices in blocks and AdamW for the rest."""
    learning_rate: float | None
    """Peak learning rate."""
    weight_decay: float | None
    """Decoupled weight decay, on matrices only."""
    warmup: float | None
    """Share of the steps in which the learning rate rises."""
    decay_start: float | None
    """Share of the steps after which the learning rate begins to fall."""
    clip: float
    """Largest global norm of the gradient."""
    beta2: float | None
    """Decay of the second moment."""
    bias_correction: bool | None
    """Adam's bias correction; the published BERT leaves it out."""

class PruneOptions(TypedDict, total=False):
    block_flops: float
    """Share of the blocks' operations to take away."""
    layers: int
    """Whole layers to drop before the first round: those whose absence costs the least loss. They count, too."""
    rounds: int
    """Rounds, each with an equal share of the updates after it."""
    parts: Literal["both", "heads", "units"]
    """What is cut out: attention heads, units of feed-forward parts, or both."""
    units: Literal["gates", "weights"]
    """How units are ranked: by what the loss changes with their output, or by the sum of |weight x gradient|."""
    shares: Literal["uniform", "global"]
    """uniform: the same share of heads and of units; global: whatever costs the least loss per operation."""
    examples: int
    """Training rows from which importance is read."""
    multiple: int
    """Widths are multiples of it: others are slow."""
    mask: Literal["none", "magnitude", "wanda", "movement"]
    """Zero single weights instead, as large a share of them: the smallest; the smallest times the size of their
    inputs (wanda); or those that training moves towards zero (movement). The matrices keep their size: only a
    packed file becomes smaller."""

class QuantizeOptions(TypedDict, total=False):
    search: bool
    """Try per row where to cut its largest weights off, and take what makes the squared error least."""
    smooth: float
    """Share of the difficulty that is moved from states with large channels into the weights they meet (SmoothQuant:
    0.5); for models whose norms stand before each part. 0: none."""
    examples: int
    """Training rows that show how large channels are."""

class ReadOptions(TypedDict, total=False):
    encoding: str | None
    """Text encoding, like gb18030; auto: inferred for each file, and said. Default: UTF-8, or UTF-16 with a byte
    order mark."""
    format: (
        Literal[
            "txt",
            "md",
            "html",
            "csv",
            "tsv",
            "arff",
            "json",
            "jsonl",
            "parquet",
            "arrow",
            "conll",
            "squad",
            "tmx",
            "xml",
            "sheet",
        ]
        | None
    )
    """Format of all files. Default: what their names say. conll: a word and its tag a line (columns words, tags,
    document); squad: questions with answers in JSON (columns question, context, answers, document); tmx, xml:
    translation memories and test sets of WMT (a column per language); sheet: xlsx and ods."""
    delimiter: str | None
    """What stands between the fields of csv and tsv: , or ; or | or tab, blank (any number of blanks and tabs), or
    another character. Default: , in csv and tab in tsv, unless the header shows another one."""
    quote: Literal["auto", "double", "single", "none"]
    """Quote character of csv and tsv; none: quotes are part of the text. auto: double where commas part fields;
    where tabs do, only if the first records show that fields stand in quotes, else none."""
    decimal: Literal["auto", ".", ","]
    """What stands before the decimals where a column of texts is read as numbers. auto: what its numbers show."""
    class_names: bool
    """Whether numbers of classes become the names that the data set itself gives them (ClassLabel of Hugging Face)."""
    markup: Literal["auto", "text"]
    """Tags in plain text. text: they are part of it. auto: a file of markup is refused with the way to read it, and
    lines about the talks are left out of IWSLT's tagged text."""
    translator: str | None
    """xml: name of the translator whose reference is read, where a test set of WMT has several. Default: the first
    one."""
    words_column: int | str | None
    """conll: column of the words, by number (the first is 1, the last -1) or name. Default: the first, or the second
    where the first counts the words of a sentence."""
    tags_column: int | str | None
    """conll: column of the tags, by number or name, or a key in it (NER of NER=B-PER|Gender=Fem). Default: the last
    one that holds tags of names, the outer one of GermEval, or the last of all."""
    offsets: Literal["codepoints", "utf16", "bytes", "crlf", "lf"] | None
    """What places of spans and answers count: characters (the default), UTF-16 units (JavaScript), bytes of UTF-8,
    or characters with every line end as two (crlf) or one (lf). The text beside a span is compared with its
    place."""
    offset_shift: int
    """Added to the start and the end of every span: -1 where counting began with 1."""
    inclusive_end: bool
    """Whether the end of a span is its last character, not the one after it."""
    skip_lines: int
    """Lines of a csv, tsv or sheet above its header that are no part of the table."""
    header: bool
    """Whether a csv, tsv or sheet begins with the names of its columns; without it they are called 0, 1, 2 ..."""
    header_lines: int
    """Lines of the header of a csv, tsv or sheet. What several say is joined: `weight` above `kg` is `weight kg`."""
    column_names: str | Sequence[str]
    """Names of the columns of a csv, tsv or sheet without a header, in their order; given again for each."""
    comment: str | None
    """Lines of a csv or tsv that begin with this are left out, like #."""
    widths: int | Sequence[int]
    """Characters of each column of a csv or tsv whose fields have fixed widths; given again for each."""
    sheet: str | None
    """Name of the sheet of a workbook. Default: its first."""
    missing: str | Sequence[str]
    """Words of a table that mean that nothing is known, in every column, like ?; given again for further ones."""
    include: str | Sequence[str]
    """Read only files whose name inside the folder or archive fits one of these patterns, like **/target.txt."""
    text_rows: Literal["auto", "line", "file"]
    """What a row of a text file is, where rows are read: a line or the whole file. auto: the file where text lies in
    folders that are named after classes and the column label is asked for, or predict answers, else a line."""
    paragraphs: Literal["blank", "line", "verse"]
    """What parts paragraphs in text files: blank lines, every line end, or (verse) blank lines with the lines
    between kept."""
    max_rejects: int | None
    """Faulty records that are tolerated. Default: 1 % of the records read, rounded down."""
    allow_truncated_tail: bool
    """Drop a last line that is cut in the middle, instead of refusing the file."""

class RegularizeOptions(TypedDict, total=False):
    method: Literal["none", "l2_sp", "rec_adam", "ewc"]
    """A penalty on the distance (l2_sp), one that fades (rec_adam), or one weighed by what pretraining needs (ewc)."""
    strength: float | None
    """Factor of the penalty. Default: 0.01, 5000 and 1000."""

class ReplayOptions(TypedDict, total=False):
    weight: float | Literal["auto"]
    """lambda. auto: `rho` L_task / L_pre, as they are at the start. 0: plain fine-tuning, bit for bit."""
    rho: float
    """Share of the pretraining loss where lambda is found by itself."""
    gamma: float
    """Weight of next sentences; needs a data folder, whose documents have an order, and a model that has learned
    them."""
    data: Data | None
    """Data folder to pretrain on, made with the model's tokenizer. Default: the training texts of the task."""
    batch_size: int | None
    """Sequences of it per update. Default: as many as of the task."""
    every: int
    """Only every so many updates, weighed by as much."""
    decay_start: float
    """Share of the updates after which lambda falls linearly to 0."""
    log_only: bool
    """Tell the pretraining loss at each evaluation without learning from it: what is forgotten."""

class SearchOptions(TypedDict, total=False):
    folds: int
    """Parts of the training rows; a text that two tasks have is in one of them."""
    candidates: int
    """Weights that are tried: uniform, inverse loss, each target alone (half of them at most), and drawn ones."""
    budget: float
    """Share of the updates in the first round; each further one has twice as many, and half of the candidates."""
    finalists: int
    """Candidates of the last round, on all folds with all blocks; uniform weights are always there besides."""
    final: float
    """Share of the updates in the last round."""
    screen: bool
    """Leave out tasks that the targets get nothing from: their gradients point away, or nothing can be learned of
    them."""

class SplitOptions(TypedDict, total=False):
    validation: float
    """Share of the validation split."""
    test: float
    """Share of the test split."""
    group_by: str | None
    """Column whose equal values stay in one split; `containment` groups rows whose text is part of another's."""
    contained: Literal["train", "leave_out"]
    """With containment: whether texts that are part of training texts only train too, or whole texts alone are used."""
    time_column: str | None
    """Column to order by: the oldest rows train, the newest test. Numbers, or dates like 2024-01-19 or 19.01.2024."""
    dates: Literal["auto", "dmy", "mdy"]
    """Which number of dates like 03/04/2024 in the time column comes first, the day (dmy) or the month. auto: as
    they show."""
    stratify: bool
    """Keep the shares of the labels in every split."""

class TaskOptions(TypedDict, total=False):
    data: Data
    """Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them."""
    text_column: str | Sequence[str]
    """Column with the text; twice for pairs of texts. Where no column to read is named: the only one of texts."""
    label_column: str
    """Column with the label: a name, a number, several names, spans, an answer, or the text to write, as the task
    has it. Where there is none of the default name: the only one that can be it."""
    validation: Data | None
    """Table used for validation instead of a part of the data."""
    test: Data | None
    """Table used as the test split instead of a part of the data."""
    read: ReadSettings | ReadOptions
    """How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or UTF-16 with a mark)
    is named."""
    label: LabelSettings | LabelOptions
    """What the label column means. What is inferred about it is inferred once, from all rows, and said."""
    split: SplitSettings | SplitOptions
    """Training, validation and test parts, drawn from (seed, row) alone."""
    image_column: str | Sequence[str]
    """Column with the path of an image, from the folder of the table."""
    table_column: str | Sequence[str]
    """Column of numbers, categories or dates, each of its cells a token; `*` is every column that has no other part."""
    task: Literal["classification", "multilabel", "regression", "tagging", "answering"]
    """What is learned."""
    weight: float
    """Its weight, with `weights: fixed`; the weights are divided by their sum."""
    train_rows: int | None
    """Use only so many training rows (stratified)."""
    too_long: Literal["truncate", "window", "error"]
    """What to do with longer texts."""
    class_weights: Literal["auto", "none", "balanced"]
    """`balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20 %."""

class TheseusOptions(TypedDict, total=False):
    layers: int | None
    """Blocks of the successor; must divide those of the model. Default: half of them."""
    start: float
    """Share of the modules that are replaced at first."""
    full_at: float
    """Share of the updates after which all are: until then the rate rises linearly; after it the successor trains
    alone."""

class TokenizerOptions(TypedDict, total=False):
    kind: Literal["wordpiece", "bpe", "byte_bpe", "unigram", "character"]
    """Method. byte_bpe and character keep a text as it is, blanks and line ends too: what a model that writes needs."""
    vocab_size: int
    """Entries, special tokens included."""
    lowercase: bool
    """Fold case and accents (wordpiece and bpe)."""
    min_frequency: int
    """Rarest pair that is merged."""
    sample_megabytes: int
    """Text it is trained on at most."""
    existing: Path | None
    """tokenizer.json, model folder, run or data folder to reuse instead."""

def columns(
    data: Data,
    *,
    read: ReadSettings | ReadOptions = {},
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Show what a file or folder holds: format, rows, what each column is, which can be the text or
    the label, and what to type next.

    It is read and recognised as `groundup check` and `groundup finetune` do, which take a column
    that is the only candidate by themselves. Nothing is written.

    `groundup columns` on the command line.

    Parameters
    ----------
    data : Data, required
        File (csv, tsv, jsonl, parquet, xlsx, CoNLL, SQuAD ..., also packed) or folder: of such
        files, of brat, of texts or images in folders named after their classes.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.columns('reviews.csv')"""
    ...

def prepare(
    *,
    source: Data | Sequence[Data],
    out: Path | None = None,
    text_column: str | None = None,
    tokenizer: TokenizerSettings | TokenizerOptions = {},
    clean: CleanSettings | CleanOptions = {},
    document_column: str | None = None,
    read: ReadSettings | ReadOptions = {},
    dedup: DedupSettings | DedupOptions = {},
    split: SplitSettings | SplitOptions = {},
    image: ImageSettings | ImageOptions | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Turn raw files into a data folder: cleaned, split, tokenized, with a report.

    Files, folders, archives (zip, tar, gz, xz) and Hugging Face data set folders of txt, md, html,
    csv, tsv, json, jsonl and parquet are read as a stream. Every record that is changed, dropped or
    rejected is counted with its reason.

    `groundup prepare` on the command line.

    Parameters
    ----------
    source : Data | Sequence[Data], required
        File, folder or archive to read; give it again for more.
    out : Path | None, optional
        Data folder to make. Default, in Python: `runs/prepare-N`, with the first free number N.
    text_column : str | None, optional
        Column with the text, for tables with several.
    tokenizer : TokenizerSettings | TokenizerOptions, default {}
        A tokenizer to train on the training split, or one to reuse.
        - kind (wordpiece | bpe | byte_bpe | unigram | character; default wordpiece): Method.
          byte_bpe and character keep a text as it is, blanks and line ends too: what a model that
          writes needs.
        - vocab_size (whole number; default 8192): Entries, special tokens included.
        - lowercase (true | false; default true): Fold case and accents (wordpiece and bpe).
        - min_frequency (whole number; default 2): Rarest pair that is merged.
        - sample_megabytes (whole number; default 100): Text it is trained on at most.
        - existing (text): tokenizer.json, model folder, run or data folder to reuse instead.
    clean : CleanSettings | CleanOptions, default {}
        What is done to texts, in this order; every rule counts what it changed and dropped.
        - mojibake (true | false; default true): Repair text that was decoded wrongly (Ã© for é).
        - control (true | false; default true): Remove control and zero-width characters.
        - normalize (NFC | NFKC | none; default NFC): Unicode normalization.
        - whitespace (true | false; default true): Collapse runs of blanks.
        - min_characters (whole number; default 1): Drop paragraphs that are shorter.
        - min_letters (number in [0, 1]; default 0.0): Drop paragraphs in which letters (of any
          script) are a smaller share of the characters.
        - repeated_lines (true | false; default true): Drop a paragraph that stood in the same
          document before, when it is longer than 30 characters.
        - personal (true | false; default false): Replace e-mail addresses, telephone, card, account
          and identity numbers and IP addresses.
    document_column : str | None, optional
        Column whose equal values in consecutive rows make one document.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    dedup : DedupSettings | DedupOptions, default {}
        Removal of repeated documents.
        - exact (true | false; default true): Drop documents that repeat another after folding case,
          width and blanks.
        - near (true | false; default true): Drop documents that are nearly another (MinHash over
          character 5-grams).
        - similarity (number in [0, 1]; default 0.8): Share of 5-grams in common from which
          documents are nearly the same, at least 0.5. Of a document of more than 20,000 characters
          its beginning is compared, and its length.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.05): Share of the validation split.
        - test (number in [0, 1); default 0.0): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    image : ImageSettings | ImageOptions | None, optional
        Read images instead of text, and make them so large: --image.size 32.
        - size (whole number; default 32): Side in pixels.
        - channels (1 | 3; default 3): 3 for color, 1 for gray.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.prepare(source='books.zip', out='runs/books', tokenizer={'vocab_size': 8192})"""
    ...

def pretrain(
    *,
    data: Data,
    out: Path | None = None,
    model: Path | None = None,
    objective: Literal["masked", "replaced", "causal", "spans", "denoise", "prefix", "patches", "cells"] | None = None,
    preset: Literal["micro", "tiny", "nano", "mini", "small", "medium", "base"] = "mini",
    budget: str | None = None,
    steps: int | None = None,
    optimizer: OptimizerSettings | OptimizerOptions = {},
    table_column: str | Sequence[str] = (),
    leave_out: str | Sequence[str] = (),
    read: ReadSettings | ReadOptions = {},
    table: ColumnSettings | ColumnOptions = {},
    regime: Literal["fast", "paper"] = "fast",
    batch_size: int | None = None,
    micro_batch_size: int | None = None,
    length: int = 128,
    freeze: int = 0,
    pairs: Literal["next", "order"] = "next",
    gamma: float | None = None,
    mask_rate: float | None = None,
    patch_size: int = 4,
    mask_unit: Literal["token", "word", "span"] = "token",
    embeddings: Literal["random", "cooccurrence"] | None = None,
    dequantize: bool = False,
    dropout: float | None = None,
    num_evaluations: int = 10,
    evaluation_examples: int = 512,
    save_every: int | None = None,
    track: Literal["tensorboard", "mlflow", "wandb"] | Sequence[Literal["tensorboard", "mlflow", "wandb"]] = (),
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    threads: int | None = None,
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
) -> Outcome:
    """Pretrain a model on a data folder: an encoder on masked words and next sentences, or one that
    writes.

    Of an encoder, L = L_MLM + gamma * L_NSP. Stopped by a signal or a crash, the same command
    resumes where it was, byte for byte.

    `groundup pretrain` on the command line.

    Parameters
    ----------
    data : Data, required
        Data folder made by `groundup prepare`; with --table_column a table.
    out : Path | None, optional
        Run folder: new, or the same run's, which is then resumed. Default, in Python:
        `runs/pretrain-N`, with the first free number N.
    model : Path | None, optional
        Continue this model folder or run (ours or Hugging Face's) instead of starting anew.
    objective : Literal['masked', 'replaced', 'causal', 'spans', 'denoise', 'prefix', 'patches',
            'cells'] | None, optional
        What is learned: masked words, or which words were replaced (ELECTRA), by an encoder; the
        next word, by a decoder; missing spans (T5), the whole of a text with holes (BART), or how a
        text continues, by an encoder and a decoder; the missing patches of images (MAE); hidden
        cells of a table. Default: that of the model continued, else masked, of a table cells.
    preset : Literal['micro', 'tiny', 'nano', 'mini', 'small', 'medium', 'base'], default 'mini'
        Size of a new model: 2x64, 2x128, 4x128, 4x256, 4x512, 8x512 or 12x768 (layers x width; of
        each of two stacks).
    budget : str | None, optional
        Wall time for training, like 10m; the first steps are timed and the number of steps is
        frozen in run.json.
    steps : int | None, optional
        Number of updates (instead of a budget).
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    table_column : str | Sequence[str], default ()
        Column of a table of rows without labels, which --data then names; `*` is all but those that
        --leave_out names.
    leave_out : str | Sequence[str], default ()
        Columns that `*` does not take, like the label.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    table : ColumnSettings | ColumnOptions, default {}
        Each pair is `NAME=VALUE`; the name is that of a column.
        - kinds (text ...): NAME=number, number:. or number:, (what stands before the decimals),
          category, date, date:dmy, date:mdy, text or id: what a column is, in the place of what its
          cells show.
        - missing (text ...): NAME=VALUE: a value that means that nothing is known, in this column.
        - mark_missing (true | false; default false): Whether a cell that is missing has a token
          that says so, instead of none.
        - bins (whole number in [2, 256]; default 8): Bins of a number, each with the same count of
          training rows.
        - pool (whole number; default 3): Categories that fewer training rows have share one vector.
        - background (whole number; default 32): Training rows that the model folder keeps:
          explanations start from what they hold. 0 keeps none, and explanations start from missing
          cells.
        - cell_dropout (number in [0, 1); default 0.2): Share of the cells of a training row that
          are left out, other ones each time.
        - noise (number at least 0; default 0.0): Deviation of what training adds to a number, in
          deviations of its column.
        - swap (number in [0, 1); default 0.0): Share of the cells of a training row taken from
          another row with the same label (CutMix for cells).
    regime : Literal['fast', 'paper'], default 'fast'
        `paper` is the published model (BERT, GPT-2, T5, BART) and its training; `fast` is a modern
        body and schedule for small budgets.
    batch_size : int | None, optional
        Sequences per update. Default: 32 (fast), 256 (paper).
    micro_batch_size : int | None, optional
        Sequences at once; the update is the same, memory is less. Default: the whole batch, at most
        128.
    length : int, default 128
        Longest sequence in tokens, special tokens included.
    freeze : int, default 0
        Keep the embeddings and the bottom so many blocks of a continued model as they are, as when
        a new head is to settle.
    pairs : Literal['next', 'order'], default 'next'
        What is learned of pairs: whether B follows A or is of another document, or whether A and B
        are in order.
    gamma : float | None, optional
        Weight of next sentence prediction (or of the order); 0 leaves it out and trains on running
        windows. Default: 1 (paper), 0.2 (fast).
    mask_rate : float | None, optional
        Share of the tokens to predict. Default: 0.15 (paper), 0.30 falling to 0.15 (fast); of
        images 0.75.
    patch_size : int, default 4
        Side of a patch of an image, in pixels.
    mask_unit : Literal['token', 'word', 'span'], default 'token'
        What is masked together: single tokens, whole words (Chinese ones by a dictionary), or spans
        of 3 tokens on average.
    embeddings : Literal['random', 'cooccurrence'] | None, optional
        First word embeddings of a new model: random, or counted from what stands near each word.
        Default: random (paper), cooccurrence (fast).
    dequantize : bool, default False
        Train a model of int8 matrices on from their rounded values, which is refused otherwise.
    dropout : float | None, optional
        Dropout of states and attention. Default: 0.1 (paper), 0 (fast).
    num_evaluations : int, default 10
        How many times the validation split is evaluated.
    evaluation_examples : int, default 512
        Sequences of the validation split used each time.
    save_every : int | None, optional
        Updates between checkpoints. Default: a twentieth of the run.
    track : Literal['tensorboard', 'mlflow', 'wandb'] | Sequence[Literal['tensorboard', 'mlflow',
            'wandb']], default ()
        Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases
        (offline).
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.pretrain(data='runs/books', out='runs/lm', preset='mini', budget='10m')"""
    ...

def check(
    data: Data,
    *,
    text_column: str | Sequence[str] = (),
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    label_column: str = "label",
    out: Path | None = None,
    model: Path | None = None,
    baseline: bool = True,
    split: SplitSettings | SplitOptions = {},
    table: ColumnSettings | ColumnOptions = {},
    image: NewImageSettings | NewImageOptions = {},
    validation: Data | None = None,
    test: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    max_length: int = 128,
    max_leakage: float = 0.1,
    baseline_rows: int = 20000,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Look for what would spoil fine-tuning on a labelled table, before it starts.

    The table is read and split as `groundup finetune` does with the same settings. Exit code 0:
    nothing found; 3: worth knowing; 2: it would ruin the run.

    `groundup check` on the command line.

    Parameters
    ----------
    data : Data, required
        Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs of texts. Where no column to read is named: the only
        one of texts.
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table.
    table_column : str | Sequence[str], default ()
        Column of numbers, categories or dates, each of its cells a token; `*` is every column that
        has no other part.
    label_column : str, default 'label'
        Column with the label: a name, a number, several names, spans, an answer, or the text to
        write, as the task has it. Where there is none of the default name: the only one that can be
        it.
    out : Path | None, optional
        Folder for report.json and report.html. Default: tell it in the terminal alone.
    model : Path | None, optional
        Model folder or run that will be fine-tuned: lengths are reported in its tokens, too.
    baseline : bool, default True
        Score a simple method by cross-validation (of texts TF-IDF + logistic regression), and list
        the rows whose label it doubts.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.1): Share of the validation split.
        - test (number in [0, 1); default 0.1): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    table : ColumnSettings | ColumnOptions, default {}
        Each pair is `NAME=VALUE`; the name is that of a column.
        - kinds (text ...): NAME=number, number:. or number:, (what stands before the decimals),
          category, date, date:dmy, date:mdy, text or id: what a column is, in the place of what its
          cells show.
        - missing (text ...): NAME=VALUE: a value that means that nothing is known, in this column.
        - mark_missing (true | false; default false): Whether a cell that is missing has a token
          that says so, instead of none.
        - bins (whole number in [2, 256]; default 8): Bins of a number, each with the same count of
          training rows.
        - pool (whole number; default 3): Categories that fewer training rows have share one vector.
        - background (whole number; default 32): Training rows that the model folder keeps:
          explanations start from what they hold. 0 keeps none, and explanations start from missing
          cells.
        - cell_dropout (number in [0, 1); default 0.2): Share of the cells of a training row that
          are left out, other ones each time.
        - noise (number at least 0; default 0.0): Deviation of what training adds to a number, in
          deviations of its column.
        - swap (number in [0, 1); default 0.0): Share of the cells of a training row taken from
          another row with the same label (CutMix for cells).
    image : NewImageSettings | NewImageOptions, default {}
        Images as squares of one size, in patches, each a token.
        - size (whole number; default 64): Side in pixels.
        - patch_size (whole number; default 8): Side of a patch in pixels.
        - channels (1 | 3; default 3): 3 for color, 1 for gray.
    validation : Data | None, optional
        Table used for validation instead of a part of the data.
    test : Data | None, optional
        Table used as the test split instead of a part of the data.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    max_length : int, default 128
        Longest sequence in tokens, special tokens included.
    max_leakage : float, default 0.1
        Share of the validation or test texts that training also holds from which the table is
        refused.
    baseline_rows : int, default 20000
        Rows that the baseline sees at most; of more, so many are drawn.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.check('reviews.csv', text_column='sentence', label_column='label')"""
    ...

def curve(
    *,
    model: Path | Sequence[Path] = (),
    data: Data,
    text_column: str | Sequence[str] = (),
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    label_column: str = "label",
    out: Path | None = None,
    rows: int | Sequence[int] = (100, 200, 500, 1000),
    seeds: int | Sequence[int] = (0, 1, 2),
    table: ColumnSettings | ColumnOptions = {},
    image: NewImageSettings | NewImageOptions = {},
    validation: Data | None = None,
    test: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    split: SplitSettings | SplitOptions = {},
    optimizer: OptimizerSettings | OptimizerOptions = {},
    preset: Literal["micro", "tiny", "nano", "mini", "small", "medium", "base"] = "micro",
    max_length: int = 128,
    steps: int | None = None,
    batch_size: int = 32,
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Fine-tune models on more and more rows, beside simple methods (of texts TF-IDF), and say from
    where on one wins.

    Every cell (rows, seed, model) is a run of `groundup finetune` in a folder of its own; the seed
    also draws the split and the rows. What is finished is kept, so that the command may be stopped
    and typed again; the table is written after each cell.

    `groundup curve` on the command line.

    Parameters
    ----------
    model : Path | Sequence[Path], default ()
        Model folder or run to start from; may be repeated. Left out: a new model, for rows of a
        table or of several kinds.
    data : Data, required
        Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs of texts. Where no column to read is named: the only
        one of texts.
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table.
    table_column : str | Sequence[str], default ()
        Column of numbers, categories or dates, each of its cells a token; `*` is every column that
        has no other part.
    label_column : str, default 'label'
        Column with the label: a name, a number, several names, spans, an answer, or the text to
        write, as the task has it. Where there is none of the default name: the only one that can be
        it.
    out : Path | None, optional
        Folder for the runs, curve.json, curve.md and report.html; typed again, it resumes. Default,
        in Python: `runs/curve-N`, with the first free number N.
    rows : int | Sequence[int], default (100, 200, 500, 1000)
        Numbers of training rows; the flag is repeated.
    seeds : int | Sequence[int], default (0, 1, 2)
        Seeds of the repetitions; the flag is repeated.
    table : ColumnSettings | ColumnOptions, default {}
        Each pair is `NAME=VALUE`; the name is that of a column.
        - kinds (text ...): NAME=number, number:. or number:, (what stands before the decimals),
          category, date, date:dmy, date:mdy, text or id: what a column is, in the place of what its
          cells show.
        - missing (text ...): NAME=VALUE: a value that means that nothing is known, in this column.
        - mark_missing (true | false; default false): Whether a cell that is missing has a token
          that says so, instead of none.
        - bins (whole number in [2, 256]; default 8): Bins of a number, each with the same count of
          training rows.
        - pool (whole number; default 3): Categories that fewer training rows have share one vector.
        - background (whole number; default 32): Training rows that the model folder keeps:
          explanations start from what they hold. 0 keeps none, and explanations start from missing
          cells.
        - cell_dropout (number in [0, 1); default 0.2): Share of the cells of a training row that
          are left out, other ones each time.
        - noise (number at least 0; default 0.0): Deviation of what training adds to a number, in
          deviations of its column.
        - swap (number in [0, 1); default 0.0): Share of the cells of a training row taken from
          another row with the same label (CutMix for cells).
    image : NewImageSettings | NewImageOptions, default {}
        Images as squares of one size, in patches, each a token.
        - size (whole number; default 64): Side in pixels.
        - patch_size (whole number; default 8): Side of a patch in pixels.
        - channels (1 | 3; default 3): 3 for color, 1 for gray.
    validation : Data | None, optional
        Table used for validation instead of a part of the data.
    test : Data | None, optional
        Table used as the test split instead of a part of the data.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.1): Share of the validation split.
        - test (number in [0, 1); default 0.1): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    preset : Literal['micro', 'tiny', 'nano', 'mini', 'small', 'medium', 'base'], default 'micro'
        Size of a new model; micro has 2 layers of 64 numbers.
    max_length : int, default 128
        Longest sequence in tokens, special tokens included.
    steps : int | None, optional
        Number of updates of each run. Default: as `groundup finetune` chooses.
    batch_size : int, default 32
        Rows per update.
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.curve(model='runs/lm', data='reviews.csv', text_column='sentence', rows=[100, 1000],
    out='runs/curve')"""
    ...

def finetune(
    *,
    data: Data,
    out: Path | None = None,
    text_column: str | Sequence[str] = (),
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    label_column: str = "label",
    model: Path | None = None,
    task: Literal[
        "classification", "multilabel", "regression", "tagging", "answering", "translation", "summarization", "extraction"
    ] = "classification",
    epochs: int | None = None,
    table: ColumnSettings | ColumnOptions = {},
    image: NewImageSettings | NewImageOptions = {},
    validation: Data | None = None,
    test: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    split: SplitSettings | SplitOptions = {},
    optimizer: OptimizerSettings | OptimizerOptions = {},
    preset: Literal["micro", "tiny", "nano", "mini", "small", "medium", "base"] = "micro",
    drop_kinds: float | None = None,
    kind_heads: float = 0.0,
    token_dropout: float | None = None,
    calibration: Literal["auto", "none", "temperature", "isotonic"] = "auto",
    train_rows: int | None = None,
    max_length: int = 128,
    too_long: Literal["truncate", "window", "error"] = "truncate",
    freeze: int = 0,
    features: Literal["none", "fp16", "fp32"] = "none",
    unfreeze_over: float = 0.0,
    reinitialize: int = 0,
    lora: LoraSettings | LoraOptions = {},
    replay: ReplaySettings | ReplayOptions = {},
    regularize: RegularizeSettings | RegularizeOptions = {},
    mixout: float = 0.0,
    r_drop: float = 0.0,
    ema_decay: float | None = None,
    augment: AugmentSettings | AugmentOptions = {},
    mixup: float = 0.0,
    horizontal_flip: bool = False,
    from_scratch: bool = False,
    class_weights: Literal["auto", "none", "balanced"] = "auto",
    steps: int | None = None,
    batch_size: int = 32,
    pooling: Literal["auto", "pooler", "first", "mean", "last"] = "auto",
    dequantize: bool = False,
    dropout: float = 0.1,
    layer_decay: float | Literal[1] | None = None,
    num_evaluations: int = 10,
    patience: int = 3,
    best_metric: str | None = None,
    baselines: bool = True,
    track: Literal["tensorboard", "mlflow", "wandb"] | Sequence[Literal["tensorboard", "mlflow", "wandb"]] = (),
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Fine-tune a model for a task, and say honestly whether it beats simple baselines.

    The table is checked and split inside the run folder; the best checkpoint by validation becomes
    the model; the test split is opened once, at the end.

    `groundup finetune` on the command line.

    Parameters
    ----------
    data : Data, required
        Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them; for images a
        folder of `groundup prepare`.
    out : Path | None, optional
        Run folder: new, or the same run's, which is then resumed. Default, in Python:
        `runs/finetune-N`, with the first free number N.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs of texts. Where no column to read is named: the only
        one of texts.
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table.
    table_column : str | Sequence[str], default ()
        Column of numbers, categories or dates, each of its cells a token; `*` is every column that
        has no other part.
    label_column : str, default 'label'
        Column with the label: a name, a number, several names, spans, an answer, or the text to
        write, as the task has it. Where there is none of the default name: the only one that can be
        it.
    model : Path | None, optional
        Model folder or run to start from (ours or Hugging Face's); a model of texts or images
        learns to read further kinds. Left out: a new model, for rows of a table or of several
        kinds.
    task : Literal['classification', 'multilabel', 'regression', 'tagging', 'answering',
            'translation', 'summarization', 'extraction'], default 'classification'
        What is learned: one of several labels; any number of them; a number (similarity, a rating);
        named parts of the text (label: [[start, end, type], ...], or tags of words); the answer to
        a question in a text (two text columns); a text written by an encoder-decoder; a summary
        made of the text's own sentences, chosen by an encoder (extraction).
    epochs : int | None, optional
        Passes over the training rows. Default: 5, and at least 600 updates; of a new model 12, and
        at least 400.
    table : ColumnSettings | ColumnOptions, default {}
        Each pair is `NAME=VALUE`; the name is that of a column.
        - kinds (text ...): NAME=number, number:. or number:, (what stands before the decimals),
          category, date, date:dmy, date:mdy, text or id: what a column is, in the place of what its
          cells show.
        - missing (text ...): NAME=VALUE: a value that means that nothing is known, in this column.
        - mark_missing (true | false; default false): Whether a cell that is missing has a token
          that says so, instead of none.
        - bins (whole number in [2, 256]; default 8): Bins of a number, each with the same count of
          training rows.
        - pool (whole number; default 3): Categories that fewer training rows have share one vector.
        - background (whole number; default 32): Training rows that the model folder keeps:
          explanations start from what they hold. 0 keeps none, and explanations start from missing
          cells.
        - cell_dropout (number in [0, 1); default 0.2): Share of the cells of a training row that
          are left out, other ones each time.
        - noise (number at least 0; default 0.0): Deviation of what training adds to a number, in
          deviations of its column.
        - swap (number in [0, 1); default 0.0): Share of the cells of a training row taken from
          another row with the same label (CutMix for cells).
    image : NewImageSettings | NewImageOptions, default {}
        Images as squares of one size, in patches, each a token.
        - size (whole number; default 64): Side in pixels.
        - patch_size (whole number; default 8): Side of a patch in pixels.
        - channels (1 | 3; default 3): 3 for color, 1 for gray.
    validation : Data | None, optional
        Table used for validation instead of a part of the data.
    test : Data | None, optional
        Table used as the test split instead of a part of the data.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.1): Share of the validation split.
        - test (number in [0, 1); default 0.1): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    preset : Literal['micro', 'tiny', 'nano', 'mini', 'small', 'medium', 'base'], default 'micro'
        Size of a new model; micro has 2 layers of 64 numbers.
    drop_kinds : float | None, optional
        Of rows of several kinds: how often training reads a row as if it lacked a kind, each by
        itself, so that rows without it are answered well. Default: 0.2.
    kind_heads : float, default 0.0
        Of rows of several kinds: weight of the loss of heads beside the common one, each of which
        reads one kind alone, so that every kind is learned; usual are 0.1 to 0.3. An update takes
        about twice as long. 0: none.
    token_dropout : float | None, optional
        Of rows of several kinds: share of words and patches that training leaves out, others each
        time, so that few rows are not memorised; `table.cell_dropout` is that of columns. Default:
        0, of a new model 0.3.
    calibration : Literal['auto', 'none', 'temperature', 'isotonic'], default 'auto'
        How probabilities come to mean what they say, by the validation rows: one temperature, or
        isotonic regression of each class. auto: a temperature, and from 1,000 rows the better of
        both. Kept only where it lowers the log loss of rows left out.
    train_rows : int | None, optional
        Use only so many training rows (stratified), to see what fewer labels give.
    max_length : int, default 128
        Longest sequence in tokens, special tokens included.
    too_long : Literal['truncate', 'window', 'error'], default 'truncate'
        What to do with longer texts; how many there are is always said.
    freeze : int, default 0
        Keep the embeddings and the bottom so many blocks as they are (0: train everything).
    features : Literal['none', 'fp16', 'fp32'], default 'none'
        Compute what the frozen blocks say of each text once, and keep it on disk: later epochs cost
        a fraction.
    unfreeze_over : float, default 0.0
        Free the frozen blocks one by one, from the top, within this share of the updates.
    reinitialize : int, default 0
        Draw the top so many blocks anew.
    lora : LoraSettings | LoraOptions, default {}
        Small matrices trained beside frozen ones (LoRA); merged into them when the model is
        published.
        - rank (whole number; default 0): Width of the small matrices; 0: all weights are trained
          themselves.
        - alpha (number above 0; default 16.0): Their factor is alpha / rank.
        - dropout (number in [0, 1); default 0.05): Dropout before them.
        - targets (query_value | attention | all_linear; default query_value): Which layers have
          them.
        - dora (true | false; default false): Train the length of each row apart (DoRA).
    replay : ReplaySettings | ReplayOptions, default {}
        Going on with pretraining beside the task: L = L_task + lambda L_pre, L_pre = masked words +
        gamma next sentences.
        - weight (number at least 0 | auto; default 0.0): lambda. auto: `rho` L_task / L_pre, as
          they are at the start. 0: plain fine-tuning, bit for bit.
        - rho (number above 0; default 0.3): Share of the pretraining loss where lambda is found by
          itself.
        - gamma (number at least 0; default 0.0): Weight of next sentences; needs a data folder,
          whose documents have an order, and a model that has learned them.
        - data (text): Data folder to pretrain on, made with the model's tokenizer. Default: the
          training texts of the task.
        - batch_size (whole number): Sequences of it per update. Default: as many as of the task.
        - every (whole number; default 1): Only every so many updates, weighed by as much.
        - decay_start (number in [0, 1]; default 0.7): Share of the updates after which lambda falls
          linearly to 0.
        - log_only (true | false; default false): Tell the pretraining loss at each evaluation
          without learning from it: what is forgotten.
    regularize : RegularizeSettings | RegularizeOptions, default {}
        Staying near the weights that fine-tuning began with.
        - method (none | l2_sp | rec_adam | ewc; default none): A penalty on the distance (l2_sp),
          one that fades (rec_adam), or one weighed by what pretraining needs (ewc).
        - strength (number at least 0): Factor of the penalty. Default: 0.01, 5000 and 1000.
    mixout : float, default 0.0
        Share of the weights that an update sees as they were at the start.
    r_drop : float, default 0.0
        Weight of the difference between two passes under different dropout; classification only.
    ema_decay : float | None, optional
        Decay of a moving average of the weights, which is then what is judged and published; 0:
        none. Default: 0, of a new model 0.99.
    augment : AugmentSettings | AugmentOptions, default {}
        Changed copies of training texts. Validation and test texts are never changed, and no copy
        equals one of them.
        - method (none | eda | aeda | substitute | back_translation; default none): How copies are
          made: words replaced, inserted, swapped and deleted (eda), punctuation inserted (aeda),
          words drawn from a masked language model (substitute), a translation and back
          (back_translation).
        - copies (whole number in [1, 100]; default 4): Copies of each text; those that cannot be
          used are counted and left out. back_translation always makes 1.
        - operations (replace | insert | swap | delete ...; default replace insert swap delete):
          What eda does, one of these in each copy. replace and insert need a model or a list that
          knows synonyms.
        - alpha (number in (0, 1]; default 0.1): Share of the words that eda changes in a copy, at
          least one.
        - punctuation (number in (0, 1]; default 0.3333333333333333): Most marks that aeda inserts,
          as a share of the words.
        - rate (number in (0, 1]; default 0.15): Share of the words that substitute draws anew, at
          least one.
        - temperature (number above 0; default 1.0): Temperature of the draw: below 1 likelier
          words, above 1 bolder ones.
        - sides (both | first | second | either; default both): Of a pair of texts, which are
          changed; either: one of them, drawn for each copy.
        - forth (text): For back_translation: the model folder or run that translates the texts into
          another language.
        - back (text): For back_translation: the one that translates that into the texts' language
          again.
        - chinese (words | characters; default words): What a Chinese word is: a word by the
          dictionary of the package rjieba, or each character.
    mixup : float, default 0.0
        Mix examples and their labels by shares from Beta(mixup, mixup); classification only. 0: not
        at all.
    horizontal_flip : bool, default False
        Show half of the training images mirrored (not for digits and letters).
    from_scratch : bool, default False
        Start from random weights of the same shape: what the model would be without pretraining.
        They learn at the rate of new models, all layers alike, for 12 epochs and at least 600
        updates, where nothing else is said.
    class_weights : Literal['auto', 'none', 'balanced'], default 'auto'
        `balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20
        %, but not for rows of a table: there probabilities stay what they say, and `evaluate
        --cost` sets the threshold.
    steps : int | None, optional
        Number of updates (instead of epochs).
    batch_size : int, default 32
        Rows per update.
    pooling : Literal['auto', 'pooler', 'first', 'mean', 'last'], default 'auto'
        What the classes are read from: BERT's pooler, the first token, the last one (GPT-2 and
        Llama, whose classes in `transformers` know no other) or the mean of all. auto: as a folder
        of sentence-transformers says, else what the family has (BERT: pooler, the only one its
        class in `transformers` knows).
    dequantize : bool, default False
        Train a model of int8 matrices on from their rounded values, which is refused otherwise.
    dropout : float, default 0.1
        Dropout of states, attention and the pooled output.
    layer_decay : float | Literal[1] | None, optional
        Each block learns so much slower than the one above it. Default: 0.9, of a new model 1.
    num_evaluations : int, default 10
        How many times the validation split is evaluated at most.
    patience : int, default 3
        Evaluations in a row without improvement that are borne; one more stops training.
    best_metric : str | None, optional
        Validation figure that decides which checkpoint is best: loss, or one of the task's, like
        accuracy. Default: its main one (macro_f1, micro_f1, pearson, f1; for texts that are written
        loss).
    baselines : bool, default True
        Train the majority and TF-IDF + logistic regression baselines beside it.
    track : Literal['tensorboard', 'mlflow', 'wandb'] | Sequence[Literal['tensorboard', 'mlflow',
            'wandb']], default ()
        Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases
        (offline).
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.finetune(model='runs/lm', data='reviews.csv', text_column='sentence', label_column='label',
    out='runs/sentiment')"""
    ...

def multitask(
    *,
    model: Path | None = None,
    tasks: Mapping[str, TaskSettings | TaskOptions],
    out: Path | None = None,
    weights: Literal["cv", "uniform", "fixed", "uncertainty", "dwa", "gradnorm", "pcgrad"] = "cv",
    epochs: int | None = None,
    table: ColumnSettings | ColumnOptions = {},
    image: NewImageSettings | NewImageOptions = {},
    optimizer: OptimizerSettings | OptimizerOptions = {},
    preset: Literal["micro", "tiny", "nano", "mini", "small", "medium", "base"] = "micro",
    drop_kinds: float | None = None,
    targets: str | Sequence[str] = (),
    search: SearchSettings | SearchOptions = {},
    uniform: bool = True,
    single: bool = False,
    max_length: int = 128,
    freeze: int = 0,
    steps: int | None = None,
    batch_size: int = 32,
    calibration: Literal["auto", "none", "temperature", "isotonic"] = "auto",
    pooling: Literal["auto", "pooler", "first", "mean", "last"] = "auto",
    dequantize: bool = False,
    dropout: float = 0.1,
    layer_decay: float | Literal[1] | None = None,
    num_evaluations: int = 10,
    patience: int = 3,
    baselines: bool = True,
    track: Literal["tensorboard", "mlflow", "wandb"] | Sequence[Literal["tensorboard", "mlflow", "wandb"]] = (),
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Fine-tune one model for several tasks at once: one backbone, a head and a loss for each, L = sum
    of w_k L_k / L_k(0).

    The weights are found by cross-validation on the training rows, fixed, or learned on the way. Do
    not expect much of them: uniform weights are hard to beat (Kurin et al., 2022), so they are
    trained beside the others and the report has both. The test splits are opened once, at the end.

    `groundup multitask` on the command line.

    Parameters
    ----------
    model : Path | None, optional
        Model folder or run to start from (ours or Hugging Face's), which learns to read further
        kinds. Left out: a new model, for tasks of tables or of several kinds.
    tasks : Mapping[str, TaskSettings | TaskOptions], required
        The tasks by name: `tasks: {sentiment: {data: reviews.csv, text_column: sentence}, ...}`.
        - NAME.data (text; required): Labelled table (csv, tsv, jsonl, parquet, also packed) or
          folder of them.
        - NAME.text_column (text ...): Column with the text; twice for pairs of texts. Where no
          column to read is named: the only one of texts.
        - NAME.label_column (text; default label): Column with the label: a name, a number, several
          names, spans, an answer, or the text to write, as the task has it. Where there is none of
          the default name: the only one that can be it.
        - NAME.validation (text): Table used for validation instead of a part of the data.
        - NAME.test (text): Table used as the test split instead of a part of the data.
        - NAME.read.encoding (text): Text encoding, like gb18030; auto: inferred for each file, and
          said. Default: UTF-8, or UTF-16 with a byte order mark.
        - NAME.read.format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow |
          conll | squad | tmx | xml | sheet): Format of all files. Default: what their names say.
          conll: a word and its tag a line (columns words, tags, document); squad: questions with
          answers in JSON (columns question, context, answers, document); tmx, xml: translation
          memories and test sets of WMT (a column per language); sheet: xlsx and ods.
        - NAME.read.delimiter (text): What stands between the fields of csv and tsv: , or ; or | or
          tab, blank (any number of blanks and tabs), or another character. Default: , in csv and
          tab in tsv, unless the header shows another one.
        - NAME.read.quote (auto | double | single | none; default auto): Quote character of csv and
          tsv; none: quotes are part of the text. auto: double where commas part fields; where tabs
          do, only if the first records show that fields stand in quotes, else none.
        - NAME.read.decimal (auto | . | ,; default auto): What stands before the decimals where a
          column of texts is read as numbers. auto: what its numbers show.
        - NAME.read.class_names (true | false; default true): Whether numbers of classes become the
          names that the data set itself gives them (ClassLabel of Hugging Face).
        - NAME.read.markup (auto | text; default auto): Tags in plain text. text: they are part of
          it. auto: a file of markup is refused with the way to read it, and lines about the talks
          are left out of IWSLT's tagged text.
        - NAME.read.translator (text): xml: name of the translator whose reference is read, where a
          test set of WMT has several. Default: the first one.
        - NAME.read.words_column (whole number | text): conll: column of the words, by number (the
          first is 1, the last -1) or name. Default: the first, or the second where the first counts
          the words of a sentence.
        - NAME.read.tags_column (whole number | text): conll: column of the tags, by number or name,
          or a key in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of
          names, the outer one of GermEval, or the last of all.
        - NAME.read.offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and
          answers count: characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or
          characters with every line end as two (crlf) or one (lf). The text beside a span is
          compared with its place.
        - NAME.read.offset_shift (whole number in [-10, 10]; default 0): Added to the start and the
          end of every span: -1 where counting began with 1.
        - NAME.read.inclusive_end (true | false; default false): Whether the end of a span is its
          last character, not the one after it.
        - NAME.read.skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its
          header that are no part of the table.
        - NAME.read.header (true | false; default true): Whether a csv, tsv or sheet begins with the
          names of its columns; without it they are called 0, 1, 2 ...
        - NAME.read.header_lines (whole number; default 1): Lines of the header of a csv, tsv or
          sheet. What several say is joined: `weight` above `kg` is `weight kg`.
        - NAME.read.column_names (text ...): Names of the columns of a csv, tsv or sheet without a
          header, in their order; given again for each.
        - NAME.read.comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - NAME.read.widths (whole number ...): Characters of each column of a csv or tsv whose
          fields have fixed widths; given again for each.
        - NAME.read.sheet (text): Name of the sheet of a workbook. Default: its first.
        - NAME.read.missing (text ...): Words of a table that mean that nothing is known, in every
          column, like ?; given again for further ones.
        - NAME.read.include (text ...): Read only files whose name inside the folder or archive fits
          one of these patterns, like **/target.txt.
        - NAME.read.text_rows (auto | line | file; default auto): What a row of a text file is,
          where rows are read: a line or the whole file. auto: the file where text lies in folders
          that are named after classes and the column label is asked for, or predict answers, else a
          line.
        - NAME.read.paragraphs (blank | line | verse; default blank): What parts paragraphs in text
          files: blank lines, every line end, or (verse) blank lines with the lines between kept.
        - NAME.read.max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of
          the records read, rounded down.
        - NAME.read.allow_truncated_tail (true | false; default false): Drop a last line that is cut
          in the middle, instead of refusing the file.
        - NAME.label.separator (text; default auto): The text between several labels in a cell,
          `blank`, `tab`, or `none` where a cell is one name. auto: inferred from all cells. Lists
          in cells need none.
        - NAME.label.names (text ...): Names of the labels in the order of their numbers, where the
          column holds such numbers or vectors of 0 and 1.
        - NAME.label.columns (text ...): Columns of 0 and 1, one for each label, instead of the
          label column; their names are the labels.
        - NAME.label.rename (text ...): What the column calls a label, and its name: `pos=positive`;
          given again for further ones.
        - NAME.label.impossible (text): Column that says whether a question has no answer, like
          is_impossible; what the label column holds there does not count. Where there is none, an
          empty list says so.
        - NAME.label.language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
        - NAME.split.validation (number in [0, 1); default 0.1): Share of the validation split.
        - NAME.split.test (number in [0, 1); default 0.1): Share of the test split.
        - NAME.split.group_by (text): Column whose equal values stay in one split; `containment`
          groups rows whose text is part of another's.
        - NAME.split.contained (train | leave_out; default train): With containment: whether texts
          that are part of training texts only train too, or whole texts alone are used.
        - NAME.split.time_column (text): Column to order by: the oldest rows train, the newest test.
          Numbers, or dates like 2024-01-19 or 19.01.2024.
        - NAME.split.dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024
          in the time column comes first, the day (dmy) or the month. auto: as they show.
        - NAME.split.stratify (true | false; default true): Keep the shares of the labels in every
          split.
        - NAME.image_column (text ...): Column with the path of an image, from the folder of the
          table.
        - NAME.table_column (text ...): Column of numbers, categories or dates, each of its cells a
          token; `*` is every column that has no other part.
        - NAME.task (classification | multilabel | regression | tagging | answering; default
          classification): What is learned.
        - NAME.weight (number above 0; default 1.0): Its weight, with `weights: fixed`; the weights
          are divided by their sum.
        - NAME.train_rows (whole number): Use only so many training rows (stratified).
        - NAME.too_long (truncate | window | error; default truncate): What to do with longer texts.
        - NAME.class_weights (auto | none | balanced; default auto): `balanced` weighs classes by n
          / (K n_k); `auto` does so when the rarest class is under 20 %.
    out : Path | None, optional
        Run folder: new, or the same run's, which is then resumed. Default, in Python:
        `runs/multitask-N`, with the first free number N.
    weights : Literal['cv', 'uniform', 'fixed', 'uncertainty', 'dwa', 'gradnorm', 'pcgrad'], default
            'cv'
        How the weights come about: found by cross-validation; all alike; the tasks' own; learned
        (uncertainty); by how fast losses fall (dwa, gradnorm); all alike with conflicting gradients
        made orthogonal (pcgrad).
    epochs : int | None, optional
        Passes over the training rows of all tasks. Default: 5, and at least 600 updates; of a new
        model 12, and at least 400.
    table : ColumnSettings | ColumnOptions, default {}
        Each pair is `NAME=VALUE`; the name is that of a column.
        - kinds (text ...): NAME=number, number:. or number:, (what stands before the decimals),
          category, date, date:dmy, date:mdy, text or id: what a column is, in the place of what its
          cells show.
        - missing (text ...): NAME=VALUE: a value that means that nothing is known, in this column.
        - mark_missing (true | false; default false): Whether a cell that is missing has a token
          that says so, instead of none.
        - bins (whole number in [2, 256]; default 8): Bins of a number, each with the same count of
          training rows.
        - pool (whole number; default 3): Categories that fewer training rows have share one vector.
        - background (whole number; default 32): Training rows that the model folder keeps:
          explanations start from what they hold. 0 keeps none, and explanations start from missing
          cells.
        - cell_dropout (number in [0, 1); default 0.2): Share of the cells of a training row that
          are left out, other ones each time.
        - noise (number at least 0; default 0.0): Deviation of what training adds to a number, in
          deviations of its column.
        - swap (number in [0, 1); default 0.0): Share of the cells of a training row taken from
          another row with the same label (CutMix for cells).
    image : NewImageSettings | NewImageOptions, default {}
        Images as squares of one size, in patches, each a token.
        - size (whole number; default 64): Side in pixels.
        - patch_size (whole number; default 8): Side of a patch in pixels.
        - channels (1 | 3; default 3): 3 for color, 1 for gray.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    preset : Literal['micro', 'tiny', 'nano', 'mini', 'small', 'medium', 'base'], default 'micro'
        Size of a new model; micro has 2 layers of 64 numbers.
    drop_kinds : float | None, optional
        Of rows of several kinds: how often training reads a row as if it lacked a kind. Default:
        0.2.
    targets : str | Sequence[str], default ()
        Tasks that the weights are to serve; the others only help. Default: all.
    search : SearchSettings | SearchOptions, default {}
        The search of `weights: cv`. Shares are of the updates of one training.
        - folds (whole number in [2, 20]; default 3): Parts of the training rows; a text that two
          tasks have is in one of them.
        - candidates (whole number in [4, 64]; default 8): Weights that are tried: uniform, inverse
          loss, each target alone (half of them at most), and drawn ones.
        - budget (number in (0, 1]; default 0.125): Share of the updates in the first round; each
          further one has twice as many, and half of the candidates.
        - finalists (whole number in [1, 8]; default 2): Candidates of the last round, on all folds
          with all blocks; uniform weights are always there besides.
        - final (number in (0, 1]; default 0.2): Share of the updates in the last round.
        - screen (true | false; default true): Leave out tasks that the targets get nothing from:
          their gradients point away, or nothing can be learned of them.
    uniform : bool, default True
        Also train with uniform weights, to compare with.
    single : bool, default False
        Also train a model for each task alone, to compare with.
    max_length : int, default 128
        Longest sequence in tokens, special tokens included.
    freeze : int, default 0
        Keep the embeddings and the bottom so many blocks as they are (0: train everything).
    steps : int | None, optional
        Number of updates (instead of epochs).
    batch_size : int, default 32
        Rows per update and task, on average: a task of n rows gets a share like n^0.5, late n^0.75.
    calibration : Literal['auto', 'none', 'temperature', 'isotonic'], default 'auto'
        How probabilities come to mean what they say, for each task by itself, as groundup finetune
        has it.
    pooling : Literal['auto', 'pooler', 'first', 'mean', 'last'], default 'auto'
        What classes and numbers are read from, as groundup finetune has it.
    dequantize : bool, default False
        Train a model of int8 matrices on from their rounded values, which is refused otherwise.
    dropout : float, default 0.1
        Dropout of states, attention and the pooled output.
    layer_decay : float | Literal[1] | None, optional
        Each block learns so much slower than the one above it. Default: 0.9, of a new model 1.
    num_evaluations : int, default 10
        How many times the validation splits are evaluated at most. The mean of the targets' main
        figures decides which checkpoint is best.
    patience : int, default 3
        Evaluations in a row without improvement that are borne; one more stops training.
    baselines : bool, default True
        Train simple baselines beside each task.
    track : Literal['tensorboard', 'mlflow', 'wandb'] | Sequence[Literal['tensorboard', 'mlflow',
            'wandb']], default ()
        Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases
        (offline).
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.multitask('pairs.yaml', model='runs/lm', out='runs/pairs')"""
    ...

def evaluate(
    *,
    model: Path,
    out: Path | None = None,
    data: Data | None = None,
    label_column: str | None = None,
    slice_by: str | Sequence[str] = (),
    cost: str | None = None,
    text_column: str | Sequence[str] = (),
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    task: str | None = None,
    synsets: Path | None = None,
    positive: str | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    baselines: bool = True,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Judge a fine-tuned model on labelled texts it has not seen, beside baselines trained on the rows
    it was trained on.

    Columns are those of the model's manifest unless named here. Without `--data` the run's own test
    split is opened again; how often a model was evaluated on the same rows is counted in its run
    and shown.

    `groundup evaluate` on the command line.

    Parameters
    ----------
    model : Path, required
        Fine-tuned model folder or run, or an export of one.
    out : Path | None, optional
        Folder for report.json, report.html and predictions.csv. Default, in Python:
        `runs/evaluate-N`, with the first free number N.
    data : Data | None, optional
        Labelled table or folder of them. Default: the test split of the model's run. Of a model of
        images: class folders or an archive of them (class/image, val/class/image, or ImageNet's
        names with their WordNet ids), or a prepared folder.
    label_column : str | None, optional
        Column with the label. Default: what the model was trained on.
    slice_by : str | Sequence[str], default ()
        Further columns: accuracy is reported for each of their values (of numbers and dates for
        four ranges), and of a classifier all figures of each group.
    cost : str | None, optional
        What errors cost, like fp=1,fn=5: fp a false alarm (the positive class is predicted where
        the other one is right), fn a miss (the other way round). The threshold that follows and the
        cost of a row are told and reported for each system.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the model was trained on.
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table. Default: what the model was
        trained on.
    table_column : str | Sequence[str], default ()
        Columns of a table, where the file calls them otherwise: NAME=COLUMN, that of the training
        and that of the file, for each that has another name; or all of them in the order of the
        training.
    task : str | None, optional
        Which task to judge, of a model of several (groundup multitask).
    synsets : Path | None, optional
        For images: file with a class folder's name in each line and what the model calls it, like
        ImageNet's LOC_synset_mapping.txt; where the model calls its classes otherwise, the lines
        stand in the order of its classes.
    positive : str | None, optional
        Of two classes the one that ranking, rates and costs are about. Default: the one that the
        model keeps, which is the rarer one of its training rows.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    baselines : bool, default True
        Train the majority and TF-IDF baselines on the run's training rows (where the run still
        holds them).
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.evaluate(model='runs/sentiment', data='test.csv', out='runs/sentiment-test')"""
    ...

def glue(
    *,
    model: Path,
    data: Data,
    out: Path | None = None,
    tasks: Literal["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"]
    | Sequence[Literal["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"]] = (),
    optimizer: OptimizerSettings | OptimizerOptions = {},
    evaluate_only: bool = False,
    train_rows: int | None = None,
    steps: int | None = None,
    batch_size: int = 32,
    max_length: int = 128,
    from_scratch: bool = False,
    baselines: bool = True,
    epochs: int | None = None,
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Fine-tune and judge a model on the GLUE tasks, by their official files and metrics, in one
    table.

    Each task becomes a fine-tuning run in `--out` that is evaluated on the official development
    file; where that or the training file is missing, on a part split off, which the table says.
    Killed, the same command resumes; with further files or `--tasks` it adds their rows. Unlabelled
    test files become submission.zip.

    `groundup glue` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run to start from (ours or Hugging Face's).
    data : Data, required
        Folder with one folder a task (CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE, WNLI), files
        as published, also packed.
    out : Path | None, optional
        Folder for the runs, table.json, table.txt, report.html and submission.zip: new, or the same
        command's. Default, in Python: `runs/glue-N`, with the first free number N.
    tasks : Literal['CoLA', 'SST-2', 'MRPC', 'STS-B', 'QQP', 'MNLI', 'QNLI', 'RTE', 'WNLI'] |
            Sequence[Literal['CoLA', 'SST-2', 'MRPC', 'STS-B', 'QQP', 'MNLI', 'QNLI', 'RTE',
            'WNLI']], default ()
        Only these. Default: all that the folder holds.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    evaluate_only : bool, default False
        Train nothing: judge the finished runs of `--out` again.
    train_rows : int | None, optional
        Use only so many training rows of each task (stratified).
    steps : int | None, optional
        Number of updates of each task (instead of epochs).
    batch_size : int, default 32
        Rows per update.
    max_length : int, default 128
        Longest sequence in tokens, special tokens included.
    from_scratch : bool, default False
        Start from random weights of the same shape: what the model would be without pretraining.
    baselines : bool, default True
        Train the majority and TF-IDF baselines beside each task.
    epochs : int | None, optional
        Passes over the training rows. Default: 5, and at least 600 updates.
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.glue(model='runs/lm', data='glue', out='runs/glue')"""
    ...

def compare(
    systems: Path | Sequence[Path],
    *,
    out: Path | None = None,
    data: Data | None = None,
    text_column: str | Sequence[str] = (),
    label_column: str | None = None,
    slice_by: str | Sequence[str] = (),
    task: str | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    baselines: bool = True,
    timed_rows: int = 100,
    rounds: int = 3,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Compare fine-tuned models on the same labelled rows: quality with intervals, paired tests, size
    and speed side by side.

    A system is a model folder, run or export, or a folder of `groundup evaluate`, whose predictions
    are taken as they are. Without `--data` the rows are those of the reports, or the test split
    that the runs share.

    `groundup compare` on the command line.

    Parameters
    ----------
    systems : Path | Sequence[Path], required
        Model folders, runs, exports or folders of `groundup evaluate`; two or more.
    out : Path | None, optional
        Folder for report.json, report.html and answers.csv. Default, in Python: `runs/compare-N`,
        with the first free number N.
    data : Data | None, optional
        Labelled table or folder of them. Default: the rows of the reports, or the test split that
        all runs hold.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the first model was trained on.
    label_column : str | None, optional
        Column with the label. Default: what the first model was trained on.
    slice_by : str | Sequence[str], default ()
        Further columns of the data: accuracy is reported for each of their values.
    task : str | None, optional
        Which task to compare, of those systems that are models of several (groundup multitask).
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    baselines : bool, default True
        Put the majority class and TF-IDF beside the models, learned from the training rows of the
        first run among them.
    timed_rows : int, default 100
        Rows that are answered one at a time to measure latency; all models in turns. 0: measure no
        speed.
    rounds : int, default 3
        How often each model answers a larger batch to measure its throughput; all models in turns.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.compare('runs/one', 'runs/two', data='test.csv', out='runs/compared')"""
    ...

def compress(
    *,
    model: Path,
    method: Literal["distill", "theseus", "prune", "quantize"],
    out: Path | None = None,
    max_loss: float | None = None,
    min_speedup: float | None = None,
    data: Data | None = None,
    optimizer: OptimizerSettings | OptimizerOptions = {},
    text_column: str | Sequence[str] = (),
    label_column: str | None = None,
    validation: Data | None = None,
    test: Data | None = None,
    unlabelled: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    split: SplitSettings | SplitOptions = {},
    distill: DistillSettings | DistillOptions = {},
    theseus: TheseusSettings | TheseusOptions = {},
    prune: PruneSettings | PruneOptions = {},
    quantize: QuantizeSettings | QuantizeOptions = {},
    steps: int | None = None,
    batch_size: int = 32,
    dropout: float = 0.1,
    layer_decay: float | Literal[1] = 1,
    class_weights: Literal["auto", "none", "balanced"] = "auto",
    num_evaluations: int = 10,
    best_metric: str | None = None,
    timed_rows: int = 100,
    rounds: int = 5,
    memory: bool = True,
    explained_rows: int = 20,
    epochs: int | None = None,
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Make a fine-tuned model smaller, and say on the locked test split what it lost and what it
    gained.

    Quality with intervals, size, speed (both models in turns) and memory of both go into
    report.json and report.html. A model beyond `--max_loss` or `--min_speedup` is not published:
    exit code 4, and only the report stays. What comes out is a run like that of `groundup
    finetune`: evaluate, predict, compare and compress take it.

    `groundup compress` on the command line.

    Parameters
    ----------
    model : Path, required
        Fine-tuned model folder or run to compress.
    method : Literal['distill', 'theseus', 'prune', 'quantize'], required
        distill: a student learns from it; theseus: its layers are replaced by fewer while it works;
        prune: heads and units that matter least are cut out; quantize: its matrices are stored in
        int8.
    out : Path | None, optional
        Run folder: new, or the same run's, which is then resumed. Default, in Python:
        `runs/compress-N`, with the first free number N.
    max_loss : float | None, optional
        Most points (hundredths) of the task's main figure that may be lost on the test split.
        Default: no limit.
    min_speedup : float | None, optional
        Least factor by which one text must be answered faster (median). Default: no limit.
    data : Data | None, optional
        Labelled table or folder of them. Default: the rows of the model's run, with its splits.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the model was trained on.
    label_column : str | None, optional
        Column with the label. Default: what the model was trained on.
    validation : Data | None, optional
        Table used for validation instead of a part of the data.
    test : Data | None, optional
        Table used as the test split instead of a part of the data.
    unlabelled : Data | None, optional
        Table or folder with further texts, in the same text columns, of which a student learns what
        the teacher says.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.1): Share of the validation split.
        - test (number in [0, 1); default 0.1): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    distill : DistillSettings | DistillOptions, default {}
        A student that learns from the model: fewer of its layers, or another model with the same
        tokenizer.
        - recipe (logits | distilbert | minilm | tinybert; default minilm): What is learned besides
          the labels: what the teacher says (logits), and inside it the direction of the last states
          (distilbert), relations of the last queries, keys and values (minilm), or states,
          embedding and attention scores of all layers, first, and then what it says (tinybert).
        - layers (whole number): Blocks of the student, taken from the teacher at even distances.
          Default: half of them.
        - from_layers (whole number ...): Which blocks of the teacher (from 0) the student begins
          with, instead of those at even distances.
        - student (text): Model folder or run to train as the student instead; it must have the
          teacher's tokenizer.
        - temperature (number above 0; default 2.0): What logits are divided by before they are
          compared; the loss is multiplied by its square.
        - soft (number at least 0): Weight of the teacher's answers. Default, as of the other
          weights: the recipe's.
        - hard (number at least 0): Weight of the labels.
        - states (number at least 0): Weight of the squared error of the states of every layer.
        - cosine (number at least 0): Weight of the angle between the last states.
        - embedding (number at least 0): Weight of the squared error of the embedding.
        - attention (number at least 0): Weight of the squared error of the attention scores, head
          by head.
        - relation (number at least 0): Weight of the relations.
        - relation_heads (whole number): Heads in which relations are compared. Default: the
          teacher's, where they divide both widths.
    theseus : TheseusSettings | TheseusOptions, default {}
        Modules of the model are replaced by single layers, at random and more and more, while it
        works (BERT-of-Theseus).
        - layers (whole number): Blocks of the successor; must divide those of the model. Default:
          half of them.
        - start (number in [0, 1]; default 0.3): Share of the modules that are replaced at first.
        - full_at (number in [0, 1]; default 0.6): Share of the updates after which all are: until
          then the rate rises linearly; after it the successor trains alone.
    prune : PruneSettings | PruneOptions, default {}
        Heads and feed-forward units that matter least are cut out, in rounds with training between
        them: the matrices become smaller, and the model faster. Or single weights become zero,
        which makes no model faster here.
        - block_flops (number in [0, 1]; default 0.5): Share of the blocks' operations to take away.
        - layers (whole number; default 0): Whole layers to drop before the first round: those whose
          absence costs the least loss. They count, too.
        - rounds (whole number; default 3): Rounds, each with an equal share of the updates after
          it.
        - parts (both | heads | units; default both): What is cut out: attention heads, units of
          feed-forward parts, or both.
        - units (gates | weights; default gates): How units are ranked: by what the loss changes
          with their output, or by the sum of |weight x gradient|.
        - shares (uniform | global; default uniform): uniform: the same share of heads and of units;
          global: whatever costs the least loss per operation.
        - examples (whole number; default 1024): Training rows from which importance is read.
        - multiple (whole number; default 8): Widths are multiples of it: others are slow.
        - mask (none | magnitude | wanda | movement; default none): Zero single weights instead, as
          large a share of them: the smallest; the smallest times the size of their inputs (wanda);
          or those that training moves towards zero (movement). The matrices keep their size: only a
          packed file becomes smaller.
    quantize : QuantizeSettings | QuantizeOptions, default {}
        Matrices are stored in int8, word embeddings too: a file of about a quarter. Where the
        machine multiplies int8 exactly and faster than float32, answers come faster, too; else they
        are computed in float32 as before.
        - search (true | false; default true): Try per row where to cut its largest weights off, and
          take what makes the squared error least.
        - smooth (number in [0, 1]; default 0.0): Share of the difficulty that is moved from states
          with large channels into the weights they meet (SmoothQuant: 0.5); for models whose norms
          stand before each part. 0: none.
        - examples (whole number; default 128): Training rows that show how large channels are.
    steps : int | None, optional
        Number of updates (instead of epochs).
    batch_size : int, default 32
        Rows per update.
    dropout : float, default 0.1
        Dropout of states and attention of what is trained; a teacher has none.
    layer_decay : float | Literal[1], default 1
        Each block learns so much slower than the one above it.
    class_weights : Literal['auto', 'none', 'balanced'], default 'auto'
        `balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20
        %.
    num_evaluations : int, default 10
        How many times the validation split is evaluated at most; the best weights are kept.
    best_metric : str | None, optional
        Validation figure that decides which weights are best. Default: the task's main one.
    timed_rows : int, default 100
        Rows that both models answer one at a time, in turns, to measure latency.
    rounds : int, default 5
        How often both answer a batch of 32 rows, in turns, to measure throughput.
    memory : bool, default True
        Measure the memory of both, each in a process of its own.
    explained_rows : int, default 20
        Rows whose explanations by both models are compared (0: none).
    epochs : int | None, optional
        Passes over the training rows. Default: 5, and at least 600 updates.
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.compress(model='runs/sentiment', method='quantize', out='runs/small')"""
    ...

def ladder(
    *,
    model: Path,
    out: Path | None = None,
    rungs: Literal[
        "theseus-half",
        "control-theseus",
        "distill-half",
        "control-half",
        "distill-third",
        "control-third",
        "prune",
        "int8",
        "distill-half-int8",
    ]
    | Sequence[
        Literal[
            "theseus-half",
            "control-theseus",
            "distill-half",
            "control-half",
            "distill-third",
            "control-third",
            "prune",
            "int8",
            "distill-half-int8",
        ]
    ] = (
        "theseus-half",
        "control-theseus",
        "distill-half",
        "control-half",
        "distill-third",
        "control-third",
        "prune",
        "int8",
        "distill-half-int8",
    ),
    data: Data | None = None,
    optimizer: OptimizerSettings | OptimizerOptions = {},
    keep: float = 0.97,
    recipe: Literal["logits", "distilbert", "minilm", "tinybert"] = "minilm",
    text_column: str | Sequence[str] = (),
    label_column: str | None = None,
    validation: Data | None = None,
    test: Data | None = None,
    unlabelled: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    label: LabelSettings | LabelOptions = {},
    split: SplitSettings | SplitOptions = {},
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 32,
    num_evaluations: int = 10,
    timed_rows: int = 100,
    rounds: int = 5,
    memory: bool = True,
    explained_rows: int = 20,
    callback: Callable[[TrainingStep], object] | None = None,
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32", "bfloat16", "auto"] = "float32",
    threads: int | None = None,
    language: Literal["en", "zh"] = ...,
) -> Outcome:
    """Compress a fine-tuned model in the usual ways, and draw quality against size and speed.

    Each rung is a run of `groundup compress` in a folder of its own, without limits; beside the
    methods stand controls: the same students, trained as long, without a teacher. What is finished
    is kept, and page, table and drawings are written after each rung, so that the command may be
    stopped and typed again.

    `groundup ladder` on the command line.

    Parameters
    ----------
    model : Path, required
        Fine-tuned model folder or run.
    out : Path | None, optional
        Folder for the rungs, ladder.json, report.html and the drawings; typed again, it resumes.
        Default, in Python: `runs/ladder-N`, with the first free number N.
    rungs : Literal['theseus-half', 'control-theseus', 'distill-half', 'control-half', 'distill-
            third', 'control-third', 'prune', 'int8', 'distill-half-int8'] |
            Sequence[Literal['theseus-half', 'control-theseus', 'distill-half', 'control-half',
            'distill-third', 'control-third', 'prune', 'int8', 'distill-half-int8']], default
            ('theseus-half', 'control-theseus', 'distill-half', 'control-half', 'distill-third',
            'control-third', 'prune', 'int8', 'distill-half-int8')
        Which to run; the flag is repeated.
    data : Data | None, optional
        Labelled table or folder of them. Default: the rows of the model's run, with its splits.
    optimizer : OptimizerSettings | OptimizerOptions, default {}
        The optimizer and its schedule: linear warm-up, flat, linear decay.
        - method (adamw | muon; default adamw): AdamW, or Muon for the matrices in blocks and AdamW
          for the rest.
        - learning_rate (number above 0): Peak learning rate.
        - weight_decay (number in [0, 1]): Decoupled weight decay, on matrices only.
        - warmup (number in [0, 1]): Share of the steps in which the learning rate rises.
        - decay_start (number in [0, 1]): Share of the steps after which the learning rate begins to
          fall.
        - clip (number above 0; default 1.0): Largest global norm of the gradient.
        - beta2 (number in [0, 1)): Decay of the second moment.
        - bias_correction (true | false): Adam's bias correction; the published BERT leaves it out.
    keep : float, default 0.97
        The fastest rung that keeps this share of the main figure is named.
    recipe : Literal['logits', 'distilbert', 'minilm', 'tinybert'], default 'minilm'
        How students are distilled (groundup compress --distill.recipe).
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the model was trained on.
    label_column : str | None, optional
        Column with the label. Default: what the model was trained on.
    validation : Data | None, optional
        Table used for validation instead of a part of the data.
    test : Data | None, optional
        Table used as the test split instead of a part of the data.
    unlabelled : Data | None, optional
        Further texts for the students.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    label : LabelSettings | LabelOptions, default {}
        What the label column means. What is inferred about it is inferred once, from all rows, and
        said.
        - separator (text; default auto): The text between several labels in a cell, `blank`, `tab`,
          or `none` where a cell is one name. auto: inferred from all cells. Lists in cells need
          none.
        - names (text ...): Names of the labels in the order of their numbers, where the column
          holds such numbers or vectors of 0 and 1.
        - columns (text ...): Columns of 0 and 1, one for each label, instead of the label column;
          their names are the labels.
        - rename (text ...): What the column calls a label, and its name: `pos=positive`; given
          again for further ones.
        - impossible (text): Column that says whether a question has no answer, like is_impossible;
          what the label column holds there does not count. Where there is none, an empty list says
          so.
        - language (text): Language of the texts in the label column (of the answers, for
          answering), like ja: by it BLEU, ROUGE and exact matches part words. Default: what the
          script of the training texts says.
    split : SplitSettings | SplitOptions, default {}
        Training, validation and test parts, drawn from (seed, row) alone.
        - validation (number in [0, 1); default 0.1): Share of the validation split.
        - test (number in [0, 1); default 0.1): Share of the test split.
        - group_by (text): Column whose equal values stay in one split; `containment` groups rows
          whose text is part of another's.
        - contained (train | leave_out; default train): With containment: whether texts that are
          part of training texts only train too, or whole texts alone are used.
        - time_column (text): Column to order by: the oldest rows train, the newest test. Numbers,
          or dates like 2024-01-19 or 19.01.2024.
        - dates (auto | dmy | mdy; default auto): Which number of dates like 03/04/2024 in the time
          column comes first, the day (dmy) or the month. auto: as they show.
        - stratify (true | false; default true): Keep the shares of the labels in every split.
    epochs : int | None, optional
        Passes over the training rows of each rung. Default: 5, and at least 600 updates.
    steps : int | None, optional
        Number of updates of each rung (instead of epochs).
    batch_size : int, default 32
        Rows per update.
    num_evaluations : int, default 10
        How many times the validation split is evaluated at most, of each rung.
    timed_rows : int, default 100
        Rows that the models answer one at a time, in turns.
    rounds : int, default 5
        How often they answer a batch of 32 rows, in turns.
    memory : bool, default True
        Measure memory, each model in a process of its own.
    explained_rows : int, default 20
        Rows whose explanations by a rung and by the model are compared (0: none).
    callback : Callable[[TrainingStep], object] | None, optional
        A function that is called with a TrainingStep after each update; it may end the training
        (stop) or pause it.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32', 'bfloat16', 'auto'], default 'float32'
        Number format of matrix products in training: bfloat16 is several times as fast where the
        processor has units for it (AMX), and slow elsewhere. auto: the faster one, by a few updates
        in both. Weights, losses and evaluations are of float32 in any case.
    threads : int | None, optional
        Threads of the computation. Default: all cores.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.ladder(model='runs/sentiment', out='runs/ladder')"""
    ...

def generate(
    *,
    model: Path,
    text: str | Sequence[str] = (),
    input: Data | None = None,
    out: Path | None = None,
    max_new_tokens: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    beams: int | None = None,
    top_k: int | None = None,
    min_p: float | None = None,
    length_penalty: float | None = None,
    early_stopping: bool | None = None,
    repetition_penalty: float | None = None,
    no_repeat_ngram: int | None = None,
    int8: bool = False,
    generation_config: bool = True,
    text_column: str | Sequence[str] = (),
    stop: str | Sequence[str] = (),
    batch_size: int = 32,
    read: ReadSettings | ReadOptions = {},
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Let a model write: what follows a text, or, of a model with an encoder, what it makes of one.

    `--text` is answered on standard output as it is written; `--input` is a table or text file
    whose every row gets its own answer beside its columns (`generated`, `reason`, `error`), in
    `--out` or on standard output.

    `groundup generate` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run (ours or Hugging Face's).
    text : str | Sequence[str], default ()
        Text to go on with; "" begins a new one. A model with an encoder tells what is missing at
        each [MASK]. Give it again for more.
    input : Data | None, optional
        Table or text file with one text a line; - for standard input.
    out : Path | None, optional
        Where the answers to --input go: .csv, .tsv or .jsonl. Default: standard output, as csv.
    max_new_tokens : int | None, optional
        New tokens at most. Default: the model's, else 128.
    temperature : float | None, optional
        0 takes the most probable token; 1 draws by the model's probabilities, less evens them out.
        Default: the model's, else 0.
    top_p : float | None, optional
        Draw among the most probable tokens that together have this probability (Holtzman et al.,
        2019, arXiv:1904.09751). Default: the model's, else 1.
    beams : int | None, optional
        Hypotheses followed at once; more than 1 is a beam search (which draws nothing). Default:
        the model's, else 1.
    top_k : int | None, optional
        Draw among so many of the most probable tokens; 0: among all. Default: the model's, else 0.
    min_p : float | None, optional
        Draw among tokens with at least this share of the highest probability (Nguyen et al., 2024,
        arXiv:2407.01082). Default: the model's, else 0.
    length_penalty : float | None, optional
        A finished hypothesis is worth its log-probability over its length to this power. Default:
        the model's, else 1.
    early_stopping : bool | None, optional
        Whether a beam search ends as soon as as many hypotheses are finished as it follows.
        Default: the model's, else false.
    repetition_penalty : float | None, optional
        Divides the scores of tokens that were there before (Keskar et al., 2019, arXiv:1909.05858).
        Default: the model's, else 1.
    no_repeat_ngram : int | None, optional
        No so many tokens in a row occur twice; 0: no rule. Default: the model's, else 0.
    int8 : bool, default False
        Round the matrices to int8 when the model is read: from a width of about 512 on several
        texts or beams are written about twice as fast so; what that costs is yours to judge.
    generation_config : bool, default True
        Begin with what the model's generation_config.json (or config.json) says of how it writes;
        without, only the tokens that begin and end a text are taken from there.
    text_column : str | Sequence[str], default ()
        Column with the text of --input.
    stop : str | Sequence[str], default ()
        Text at which to stop; it is not part of the answer. Give it again for more.
    batch_size : int, default 32
        Rows of --input that are written at once.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.generate(model='runs/gpt', text='HAMLET:', temperature=0.8)"""
    ...

def export(
    *,
    model: Path,
    out: Path | None = None,
    format: Literal["onnx", "onnx_int8", "tensorflow", "huggingface"] = "onnx",
    text_column: str | Sequence[str] = (),
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    output: Literal["auto", "labels", "words", "next", "vectors"] = "auto",
    data: Data | None = None,
    read: ReadSettings | ReadOptions = {},
    tolerance: float = 0.0001,
    agreement: float = 0.95,
    python: str | None = None,
    task: str | None = None,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Write a model as ONNX, for TensorFlow (LiteRT), or as a Hugging Face folder: run there, and
    published only if it agrees.

    A folder with model.onnx, what reads its rows and its labels is used by `predict` and `evaluate`
    like any model, without torch.

    `groundup export` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run.
    out : Path | None, optional
        Folder for the exported model. Default, in Python: `runs/export-N`, with the first free
        number N.
    format : Literal['onnx', 'onnx_int8', 'tensorflow', 'huggingface'], default 'onnx'
        onnx: float32. onnx_int8: a quarter of the size, and faster. tensorflow: a file of LiteRT
        (TensorFlow Lite). huggingface: what transformers loads, and nothing besides.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the model was trained on.
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table. Default: what the model was
        trained on.
    table_column : str | Sequence[str], default ()
        Columns of a table, where the file calls them otherwise: NAME=COLUMN, that of the training
        and that of the file, for each that has another name; or all of them in the order of the
        training.
    output : Literal['auto', 'labels', 'words', 'next', 'vectors'], default 'auto'
        What it is asked for: labels (of a task), words at each token, the next word, or one vector
        per text. auto: the first of these that the model has.
    data : Data | None, optional
        Rows, labelled or not: the answers to them are compared, too.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    tolerance : float, default 0.0001
        Largest difference from the model in torch, as a share of its largest number; int8 is held
        to --agreement instead.
    agreement : float, default 0.95
        Share of the answers to --data that must be those of the model in torch.
    python : str | None, optional
        For tensorflow: the Python of an environment of its own with litert-torch (pip install
        litert-torch).
    task : str | None, optional
        Which task, of a model of several (groundup multitask).
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.export(model='runs/sentiment', out='runs/sentiment-onnx')"""
    ...

def predict(
    *,
    model: Path,
    text: str | Sequence[str] = (),
    input: Data | None = None,
    out: Path | None = None,
    text_column: str | Sequence[str] = (),
    task: str | None = None,
    image_column: str | Sequence[str] = (),
    table_column: str | Sequence[str] = (),
    next: str | None = None,
    read: ReadSettings | ReadOptions = {},
    top: int = 5,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Label texts, fill masks, or judge whether one text follows another.

    A fine-tuned model labels `--text` or every row of `--input`, whose columns and order are kept
    beside those of the answer (label, probability, truncated, error; with `predicted_` before the
    name where the input has such a column). A text that is longer than the model reads is
    `truncated`. A row that cannot be read gets an `error`, and the exit code is 3.

    A pretrained model fills each [MASK] of `--text`, or judges `--text A --next B`.

    `groundup predict` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run, or an export of one.
    text : str | Sequence[str], default ()
        Text to answer for; for a model of pairs give it twice.
    input : Data | None, optional
        Table or text file with one text a line; - for standard input (one text a line). Of a model
        of images: an image, a folder or archive of them, or a quoted pattern like 'photos/*.jpg'.
    out : Path | None, optional
        Where the answers go: .csv, .tsv or .jsonl. Default: standard output, as csv. In tables a
        text that a spreadsheet would run as a formula (it begins with = + - @ a tab or a carriage
        return) gets an apostrophe in front; .jsonl has it as is.
    text_column : str | Sequence[str], default ()
        Column with the text; twice for pairs. Default: what the model was trained on.
    task : str | None, optional
        Which task to answer for, of a model of several (groundup multitask).
    image_column : str | Sequence[str], default ()
        Column with the path of an image, from the folder of the table. Default: what the model was
        trained on.
    table_column : str | Sequence[str], default ()
        Columns of a table, where the file calls them otherwise: NAME=COLUMN, that of the training
        and that of the file, for each that has another name; or all of them in the order of the
        training.
    next : str | None, optional
        Text of which to judge whether it follows --text.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    top : int, default 5
        Words shown for each mask.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.predict(model='runs/sentiment', text='a fine film')"""
    ...

def explain(
    *,
    model: Path,
    text: str | Sequence[str] = (),
    input: Data | None = None,
    row: int | None = None,
    out: Path | None = None,
    method: Literal[
        "ig",
        "gradient_x_input",
        "gradient_norm",
        "attention",
        "rollout",
        "gradient_attention",
        "occlusion",
        "lime",
        "shap",
        "partition",
        "lrp",
        "cp_lrp",
        "random",
        "counterfactual",
    ]
    | Sequence[
        Literal[
            "ig",
            "gradient_x_input",
            "gradient_norm",
            "attention",
            "rollout",
            "gradient_attention",
            "occlusion",
            "lime",
            "shap",
            "partition",
            "lrp",
            "cp_lrp",
            "random",
            "counterfactual",
        ]
    ] = (),
    target: str | None = None,
    scorecard: bool = False,
    overview: bool = False,
    task: str | None = None,
    text_column: str | Sequence[str] = (),
    masked_model: Path | None = None,
    faithfulness: bool = False,
    other_model: Path | None = None,
    label_column: str | None = None,
    rows: int | None = None,
    position: str | None = None,
    chinese: Literal["words", "characters"] = "words",
    replacement: Literal["auto", "mask", "mean", "pad", "zero"] = "auto",
    samples: int | None = None,
    read: ReadSettings | ReadOptions = {},
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Tell how much each word of a text, or each column of a row, speaks for the answer of a model, or
    against it.

    The answer is a label, a number, the tag of a word, words of a text, or the next token of a
    model that writes on; what is explained is its logit less that of the runner-up (or the number
    itself). Every explanation comes with what its method promises, measured: how far the scores are
    from adding up, where the rest is. `--input` explains every row of a file.

    `--scorecard` says which method to believe for this model and these texts: how much the answer
    falls without the words that a method ranks first, against random rankings. `--overview` says
    which words drive which class over all texts, and warns of words that alone decide one.

    LRP (methods lrp and cp_lrp) is patented according to authors of the method, and free for
    personal and scientific purposes: whoever makes a product with it has to find out.

    `groundup explain` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run.
    text : str | Sequence[str], default ()
        Text whose answer is explained; for a model of pairs give it twice, else again for more
        texts.
    input : Data | None, optional
        Table or text file with one text a line; - for standard input (one text a line).
    row : int | None, optional
        Number of the one row of --input that is explained, counted from 1 (the line of names is
        none). Default: every row.
    out : Path | None, optional
        Folder for explanations.jsonl, page.html and a picture of each (svg), or for what
        --scorecard and --overview find. Without it the rows of --input go to standard output, as
        lines of JSON.
    method : Literal['ig', 'gradient_x_input', 'gradient_norm', 'attention', 'rollout',
            'gradient_attention', 'occlusion', 'lime', 'shap', 'partition', 'lrp', 'cp_lrp',
            'random', 'counterfactual'] | Sequence[Literal['ig', 'gradient_x_input',
            'gradient_norm', 'attention', 'rollout', 'gradient_attention', 'occlusion', 'lime',
            'shap', 'partition', 'lrp', 'cp_lrp', 'random', 'counterfactual']], default ()
        Default: ig for words; shap for columns of a table, which ig, lrp and cp_lrp do not explain.
        ig: integrated gradients. gradient_x_input, rollout: fast. lime, shap, partition (shap for
        long texts), occlusion: ask the model and look at nothing in it. lrp (AttnLRP), cp_lrp:
        relevance, see above. attention: where it looks, no explanation by itself.
        gradient_attention, gradient_norm: have no sign. random: a control. counterfactual: the
        smallest changes of words that turn the verdict, see --masked_model. Give it again for
        several side by side.
    target : str | None, optional
        Label, tag, answer or next word that is explained. Default: what the model says.
    scorecard : bool, default False
        Judge the methods on the texts of --input, beside ig, gradient_norm, attention and random
        rankings.
    overview : bool, default False
        Tell which words drive which class over the texts of --input, by the first method.
    task : str | None, optional
        Which task to explain, of a model of several (groundup multitask).
    text_column : str | Sequence[str], default ()
        Column with the text. Default: the one that the model was trained on.
    masked_model : Path | None, optional
        Of counterfactual: model of masked words that says what could stand in a word's place.
    faithfulness : bool, default False
        Measure each explanation: comprehensiveness, sufficiency, and the share of 20 random
        rankings of words that it beats.
    other_model : Path | None, optional
        With --scorecard: another model of the same labels, like the teacher of this one, whose
        explanations of the same texts are compared with its own.
    label_column : str | None, optional
        With --overview: column with the true label, from which the linear model beside it learns.
        Default: that of the model's training where the input has it; else it learns from the
        model's answers.
    rows : int | None, optional
        Rows of --input that are used for --scorecard and --overview, drawn by chance. Default: 100
        and 1000.
    position : str | None, optional
        Of a model that tags words: the word whose tag is explained, or the place of one of its
        characters. Default: the first that has a tag.
    chinese : Literal['words', 'characters'], default 'words'
        What a Chinese word is: a word by the dictionary of the package rjieba, or each character.
    replacement : Literal['auto', 'mask', 'mean', 'pad', 'zero'], default 'auto'
        What stands for a word that is not there: the mask token, padding, the mean of all
        embeddings, or zero. auto: the mask, or the mean for models that write on.
    samples : int | None, optional
        Questions that lime, shap and partition ask. Default: 500, 1000 and 1000. Of at most 11
        words shap asks for all sets.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.explain(model='runs/sentiment', text='a fine film', out='runs/why')"""
    ...

def keywords(
    *,
    input: Data | None = None,
    text: str | Sequence[str] = (),
    out: Path | None = None,
    text_column: str | None = None,
    model: Path | None = None,
    method: Literal["auto", "embedding", "masked", "tfidf", "textrank", "yake"] = "auto",
    top: int = 10,
    group_by: str | None = None,
    related_to: str | None = None,
    background: Data | None = None,
    text_language: Literal["auto", "en", "zh"] = "auto",
    words: Literal["dictionary", "corpus"] = "dictionary",
    diversity: float = 0.5,
    window: int = 5,
    measure: Literal["npmi", "pmi", "likelihood"] = "npmi",
    counterfactual: bool = False,
    masked_model: Path | None = None,
    words_changed: int = 2,
    read: ReadSettings | ReadOptions = {},
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Find the keywords of texts, the words that go with a word, that tell groups of texts apart, or
    that turn a verdict.

    Every row of `--input` gets its keywords beside its columns (`keywords`, joined by "; ", and
    `error`), in `--out` or on standard output; `--text` is answered one keyword a line.
    `--related_to WORD` tells the words that stand near it more often than by chance (with `--model`
    also those akin in meaning), `--group_by COLUMN` the words of each of its values,
    `--counterfactual` those whose change would change the verdict of a classifier, the smallest
    change first.

    `groundup keywords` on the command line.

    Parameters
    ----------
    input : Data | None, optional
        Table or text file with one text a line; - for standard input.
    text : str | Sequence[str], default ()
        Text to find keywords of. Give it again for more.
    out : Path | None, optional
        Where the answers to --input go: .csv, .tsv or .jsonl. Default: standard output, as csv.
    text_column : str | None, optional
        Column with the text of --input. Default: the only one, or `text`.
    model : Path | None, optional
        Encoder: a model folder or run. Needed by the methods embedding and masked.
    method : Literal['auto', 'embedding', 'masked', 'tfidf', 'textrank', 'yake'], default 'auto'
        embedding: phrases near the text in meaning; masked: phrases without which the text's vector
        changes (slow); tfidf: rare elsewhere, frequent here; textrank, yake: statistics of the text
        alone. auto: embedding with a model, else textrank.
    top : int, default 10
        Keywords for each text, or words for each question.
    group_by : str | None, optional
        Column of --input; the words that distinguish its values are listed (log-odds with a prior).
    related_to : str | None, optional
        Word whose companions in --input are listed.
    background : Data | None, optional
        Texts in which tfidf counts how many hold a phrase. Default: those of --input.
    text_language : Literal['auto', 'en', 'zh'], default 'auto'
        Language of the texts. auto: by their script.
    words : Literal['dictionary', 'corpus'], default 'dictionary'
        Where Chinese words come from: the dictionary of rjieba, or the texts themselves (frequency,
        entropy of neighbors).
    diversity : float, default 0.5
        Of the methods with a model: how much a keyword must differ from those before it (maximal
        marginal relevance).
    window : int, default 5
        Content words to either side that count as near.
    measure : Literal['npmi', 'pmi', 'likelihood'], default 'npmi'
        How --related_to measures: mutual information (normalized or not), or log-likelihood ratio.
    counterfactual : bool, default False
        Tell the words without which, or with others in whose place, the classifier --model would
        decide otherwise.
    masked_model : Path | None, optional
        With --counterfactual: model of masked words that says what could stand in a word's place.
    words_changed : int, default 2
        With --counterfactual: words changed together at most, where one alone is not enough.
    read : ReadSettings | ReadOptions, default {}
        How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or
        UTF-16 with a mark) is named.
        - encoding (text): Text encoding, like gb18030; auto: inferred for each file, and said.
          Default: UTF-8, or UTF-16 with a byte order mark.
        - format (txt | md | html | csv | tsv | arff | json | jsonl | parquet | arrow | conll |
          squad | tmx | xml | sheet): Format of all files. Default: what their names say. conll: a
          word and its tag a line (columns words, tags, document); squad: questions with answers in
          JSON (columns question, context, answers, document); tmx, xml: translation memories and
          test sets of WMT (a column per language); sheet: xlsx and ods.
        - delimiter (text): What stands between the fields of csv and tsv: , or ; or | or tab, blank
          (any number of blanks and tabs), or another character. Default: , in csv and tab in tsv,
          unless the header shows another one.
        - quote (auto | double | single | none; default auto): Quote character of csv and tsv; none:
          quotes are part of the text. auto: double where commas part fields; where tabs do, only if
          the first records show that fields stand in quotes, else none.
        - decimal (auto | . | ,; default auto): What stands before the decimals where a column of
          texts is read as numbers. auto: what its numbers show.
        - class_names (true | false; default true): Whether numbers of classes become the names that
          the data set itself gives them (ClassLabel of Hugging Face).
        - markup (auto | text; default auto): Tags in plain text. text: they are part of it. auto: a
          file of markup is refused with the way to read it, and lines about the talks are left out
          of IWSLT's tagged text.
        - translator (text): xml: name of the translator whose reference is read, where a test set
          of WMT has several. Default: the first one.
        - words_column (whole number | text): conll: column of the words, by number (the first is 1,
          the last -1) or name. Default: the first, or the second where the first counts the words
          of a sentence.
        - tags_column (whole number | text): conll: column of the tags, by number or name, or a key
          in it (NER of NER=B-PER|Gender=Fem). Default: the last one that holds tags of names, the
          outer one of GermEval, or the last of all.
        - offsets (codepoints | utf16 | bytes | crlf | lf): What places of spans and answers count:
          characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or characters with
          every line end as two (crlf) or one (lf). The text beside a span is compared with its
          place.
        - offset_shift (whole number in [-10, 10]; default 0): Added to the start and the end of
          every span: -1 where counting began with 1.
        - inclusive_end (true | false; default false): Whether the end of a span is its last
          character, not the one after it.
        - skip_lines (whole number; default 0): Lines of a csv, tsv or sheet above its header that
          are no part of the table.
        - header (true | false; default true): Whether a csv, tsv or sheet begins with the names of
          its columns; without it they are called 0, 1, 2 ...
        - header_lines (whole number; default 1): Lines of the header of a csv, tsv or sheet. What
          several say is joined: `weight` above `kg` is `weight kg`.
        - column_names (text ...): Names of the columns of a csv, tsv or sheet without a header, in
          their order; given again for each.
        - comment (text): Lines of a csv or tsv that begin with this are left out, like #.
        - widths (whole number ...): Characters of each column of a csv or tsv whose fields have
          fixed widths; given again for each.
        - sheet (text): Name of the sheet of a workbook. Default: its first.
        - missing (text ...): Words of a table that mean that nothing is known, in every column,
          like ?; given again for further ones.
        - include (text ...): Read only files whose name inside the folder or archive fits one of
          these patterns, like **/target.txt.
        - text_rows (auto | line | file; default auto): What a row of a text file is, where rows are
          read: a line or the whole file. auto: the file where text lies in folders that are named
          after classes and the column label is asked for, or predict answers, else a line.
        - paragraphs (blank | line | verse; default blank): What parts paragraphs in text files:
          blank lines, every line end, or (verse) blank lines with the lines between kept.
        - max_rejects (whole number): Faulty records that are tolerated. Default: 1 % of the records
          read, rounded down.
        - allow_truncated_tail (true | false; default false): Drop a last line that is cut in the
          middle, instead of refusing the file.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.keywords(input='reviews.csv', text_column='sentence', method='tfidf')"""
    ...

def inspect(
    model: Path,
    *,
    out: Path | None = None,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Show what a model is made of: its parts with their shapes and shares of the parameters, its
    tokenizer, and its card.

    `--out page.html` writes it as a page with a drawing; else it is printed.

    `groundup inspect` on the command line.

    Parameters
    ----------
    model : Path, required
        Model folder or run (ours or Hugging Face's).
    out : Path | None, optional
        Page to write, ending in .html.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.inspect('runs/lm', out='model.html')"""
    ...

def models(
    *,
    where: str | Sequence[str] = ("runs",),
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """List published checkpoints that can be loaded, and the model folders on this machine.

    Nothing is downloaded. Folders are looked for in the cache of the Hugging Face hub and below
    --where.

    `groundup models` on the command line.

    Parameters
    ----------
    where : str | Sequence[str], default ('runs',)
        Folder below which model folders are looked for; give it again for more.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.models(where='runs')"""
    ...

def size(
    *,
    preset: Literal["tiny", "nano", "mini", "small", "medium", "base"] = "mini",
    model: Path | None = None,
    objective: Literal["masked", "causal", "spans", "denoise", "prefix"] = "masked",
    budget: str | None = None,
    steps: int | None = None,
    length: int = 128,
    batch_size: int = 32,
    hardware: Literal["this", "cpu-16", "a100", "h100", "8xh100"] = "this",
    parameters: str | None = None,
    regime: Literal["fast", "paper"] = "fast",
    data: Data | None = None,
    vocab_size: int = 8192,
    gamma: float = 1.0,
    mask_rate: float | None = None,
    examples: str | None = None,
    gflops: float | None = None,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Tell parameters, memory, work and time of a model before it is trained.

    The time of a step is counted from the shape and from four rates of this machine, measured now
    in about two seconds, or from the published figures of other hardware (docs/guides/size.md).

    `groundup size` on the command line.

    Parameters
    ----------
    preset : Literal['tiny', 'nano', 'mini', 'small', 'medium', 'base'], default 'mini'
        Size of a new model.
    model : Path | None, optional
        Model folder or run to look at, instead of a preset.
    objective : Literal['masked', 'causal', 'spans', 'denoise', 'prefix'], default 'masked'
        What a new model is to learn, which decides its shape.
    budget : str | None, optional
        Wall time of which the number of updates is wanted.
    steps : int | None, optional
        Updates of the run whose time is wanted.
    length : int, default 128
        Tokens of a sequence.
    batch_size : int, default 32
        Sequences per update.
    hardware : Literal['this', 'cpu-16', 'a100', 'h100', '8xh100'], default 'this'
        Whose time is wanted: this machine's, or that of hardware by its published figures, of which
        a share is assumed.
    parameters : str | None, optional
        Parameters of a new model of about so many, like 100m or 1b, instead of a preset; 64 times
        as wide as deep.
    regime : Literal['fast', 'paper'], default 'fast'
        Shape of a new model and how it is trained.
    data : Data | None, optional
        Data folder: its vocabulary and its number of tokens are used.
    vocab_size : int, default 8192
        Words of a new model, when no data is named.
    gamma : float, default 1.0
        Weight of next sentence prediction; 0 leaves its head out.
    mask_rate : float | None, optional
        Share of the tokens to predict. Default: 0.15 (paper), 0.225, the mean of a run (fast).
    examples : str | None, optional
        Sequences of the run whose time is wanted, like 10m or 1b.
    gflops : float | None, optional
        Rate of this machine's float32 matrix products, in 10^9 operations per second, instead of
        measuring; its other rates are then taken in proportion.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.size(preset='small', budget='1h')"""
    ...

def run(
    recipe: str,
    *,
    out: Path | None = None,
    set: str | Sequence[str] = (),
    redo: str | Sequence[str] = (),
    only: str | Sequence[str] = (),
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Run the stages of a recipe in order, each in a folder of its own name inside `--out`, and skip
    what is done already.

    A recipe is YAML: under `stages`, names with one command and its settings each. Where a setting
    that takes a folder (`model`, `data`, `tokenizer.existing`) or a source holds the name of an
    earlier stage, that stage's folder is meant; other paths are relative to the recipe's file. A
    stage is done when its folder was made with the same settings, the same inputs and the same
    version.

    `groundup run` on the command line.

    Parameters
    ----------
    recipe : str, required
        YAML file with the stages.
    out : Path | None, optional
        Folder for all stages; run again, it resumes where it was. Default, in Python: `runs/run-N`,
        with the first free number N.
    set : str | Sequence[str], default ()
        Change a setting of the recipe: --set lm.steps=200; may be repeated.
    redo : str | Sequence[str], default ()
        Stage to do again although it was done with other settings or inputs: its old folder is set
        aside.
    only : str | Sequence[str], default ()
        Run these stages only (what they need must be done).
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.run('recipe.yaml', out='runs/life')"""
    ...

def verify(
    folder: Path | Sequence[Path],
    *,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Recompute the hashes of folders and compare them with their manifests.

    Data and model folders, runs with their checkpoints, and whole lives of `groundup run` are
    looked through.

    `groundup verify` on the command line.

    Parameters
    ----------
    folder : Path | Sequence[Path], required
        Folder to verify; several may be given.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.verify('runs/life')"""
    ...

def bundle(
    *,
    out: Path | None = None,
    model: Path | Sequence[Path] = (),
    data: Data | Sequence[Data] = (),
    extra: Literal["track", "mlflow", "wandb", "image", "zh", "translate", "export", "sheets", "keyphrases", "all"]
    | Sequence[Literal["track", "mlflow", "wandb", "image", "zh", "translate", "export", "sheets", "keyphrases", "all"]] = (),
    wheels: Path | None = None,
    platform: str | Sequence[str] = (),
    index: str | Sequence[str] = (),
    constraints: Path | None = None,
    python_version: str | None = None,
    quiet: bool = False,
    verbose: bool = False,
    language: Literal["en", "zh"] = ...,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Write one archive for a machine without a network: groundup, its libraries, model folders and
    data.

    pip fetches the libraries from where it is configured to look, or takes them from --wheels: this
    is the one command that asks for something from outside. The archive holds install.py, which
    compares every file with the manifest, then installs without a network (docs/guides/no-
    network.md).

    `groundup bundle` on the command line.

    Parameters
    ----------
    out : Path | None, optional
        Archive to write; ends in .tar. Default, in Python: `runs/bundle-N`, with the first free
        number N.
    model : Path | Sequence[Path], default ()
        Model folder or run to take along; give it again for more.
    data : Data | Sequence[Data], default ()
        File or folder to take along; give it again for more.
    extra : Literal['track', 'mlflow', 'wandb', 'image', 'zh', 'translate', 'export', 'sheets',
            'keyphrases', 'all'] | Sequence[Literal['track', 'mlflow', 'wandb', 'image', 'zh',
            'translate', 'export', 'sheets', 'keyphrases', 'all']], default ()
        Extra of groundup to install there, such as image; give it again for more.
    wheels : Path | None, optional
        Folder of packages that are here already: nothing is fetched.
    platform : str | Sequence[str], default ()
        Platform of the other machine as pip names it, such as manylinux_2_28_aarch64. Default: that
        of this machine.
    index : str | Sequence[str], default ()
        Further index where pip looks for packages; give it again for more.
    constraints : Path | None, optional
        File of the versions to take, such as constraints.txt.
    python_version : str | None, optional
        Python of the other machine, such as 3.12. Default: the one that runs now.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    language : Literal['en', 'zh'], by default that of this machine
        Language of lines, reports and pages. The variable GROUNDUP_LANGUAGE sets the default.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.bundle(out='bundle.tar', model='runs/sentiment', data='reviews.csv')"""
    ...

def demo(
    *,
    kind: Literal["text", "table", "image"] = "text",
    out: Path = "runs/demo",
    budget: str | None = None,
    labels: int = 1000,
    language: Literal["en", "zh"] = "en",
    quiet: bool = False,
    verbose: bool = False,
    debug: bool = False,
    dry_run: bool = False,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    precision: Literal["float32"] = "float32",
    threads: int | None = None,
) -> Outcome:
    """Watch raw data become a model, an honest evaluation, an explanation, a smaller or exported
    model, and predictions.

    text: the documentation of Python and of the libraries groundup stands on, read from this
    machine, becomes a tokenizer, a pretrained encoder and a classifier: which part of the standard
    library does a sentence document? table: scikit-learn's breast tumours. image: scikit-learn's
    handwritten digits. The last two take two minutes.

    `groundup demo` on the command line.

    Parameters
    ----------
    kind : Literal['text', 'table', 'image'], default 'text'
        What the model reads.
    out : Path, default 'runs/demo'
        Folder for everything the demo makes; run again, it resumes where it was.
    budget : str | None, optional
        Wall time for pretraining. Default: 150s, of images 20s.
    labels : int, default 1000
        Labelled sentences to fine-tune on.
    language : Literal['en', 'zh'], default 'en'
        Language of what is said and shown.
    quiet : bool, default False
        Print results and errors only.
    verbose : bool, default False
        Print more: versions, all figures of each step, seconds and memory.
    debug : bool, default False
        Show the trace of a fault.
    dry_run : bool, default False
        Check and print the settings, and do nothing.
    seed : int, default 0
        Every random draw depends on it.
    device : Literal['auto', 'cpu', 'cuda', 'mps'], default 'auto'
        Where to compute. auto: on the GPU where CUDA finds one, else on the processor.
    precision : Literal['float32'], default 'float32'
        Number format of the computation.
    threads : int | None, optional
        Threads of the computation. Default: all cores.

    Returns
    -------
    An Outcome: `path` is what was made, `facts` are its figures, `reservations` what the reader
    must know.

    Raises
    ------
    InputError (all of groundup's errors are GroundupErrors) for what is refused; its line names
    place and way out.

    Examples
    --------
    >>> groundup.demo(out='runs/demo')"""
    ...
