"""What is said by commands that use models and look at them. In English and Chinese."""

USING: dict[str, tuple[str, str]] = {
    # models
    "head published": ("published", "公开的模型"),
    "head family": ("family", "系列"),
    "head million": ("million", "百万参数"),
    "head language": ("language", "语言"),
    "head licence": ("licence", "许可"),
    "head here": ("here", "本机"),
    "head use": ("use", "用途"),
    "head on this machine": ("on this machine", "本机的模型"),
    "head weights": ("weights", "权重"),
    "is here": ("yes", "有"),
    "no model here": ("none (looked in {folders})", "没有（查找了 {folders}）"),
    "speaks English": ("English", "英文"),
    "speaks Chinese": ("Chinese", "中文"),
    "speaks 104 languages": ("104 languages", "104 种语言"),
    "speaks 119 languages": ("119 languages", "119 种语言"),
    "speaks English and 3 more": ("English and 3 more", "英文等 4 种"),
    "speaks English and 50 more": ("English and 50 more", "英文等 51 种"),
    "speaks images": ("images", "图像"),
    "for masked words, classification": ("masked words, classification", "填补掩码、分类"),
    "for sentences as vectors": ("sentences as vectors", "句向量"),
    "for masked words": ("masked words", "填补掩码"),
    "for masked words, long texts": ("masked words, long texts", "填补掩码、长文本"),
    "for writes": ("writes", "生成文本"),
    "for restores texts": ("restores texts", "还原文本"),
    "for rewrites texts": ("rewrites texts", "改写文本"),
    "for follows instructions": ("follows instructions", "遵循指令"),
    "for 1,000 classes of images": ("1,000 classes of images", "1,000 类图像"),
    # verify
    "folder sound": ("sound", "完好"),
    "folder damaged": ("damaged", "损坏"),
    "folder partly": ("partly", "部分"),
    "not vouched for": (
        "{folder}: does not vouch for run.json, its log and its reports: it has not finished, or is of an older version",
        "{folder}：无法证明 run.json、日志与报告未被改动：运行尚未结束，或由旧版本生成",
    ),
    # inspect
    "head part": ("part", "部分"),
    "share of parameters": ("share", "占比"),
    "head shapes": ("shapes", "形状"),
    "fact training rows": ("training rows", "训练行数"),
    "fact texts cut": ("texts cut", "被截断的文本"),
    "fact pretraining loss": ("pretraining loss", "预训练损失"),
    "fact model": ("model", "模型"),
    "fact method": ("method", "方法"),
    "fact task": ("task", "任务"),
    "fact test rows": ("test rows", "测试行数"),
    "fact openings of the test split": ("openings of the test split", "测试集使用次数"),
    "fact weights of the losses": ("weights of the losses", "各项损失的权重"),
    "fact temperature": ("temperature", "温度"),
    "fact family": ("family", "系列"),
    "fact layers": ("layers", "层数"),
    "fact width": ("width", "隐藏维度"),
    "fact heads": ("heads", "注意力头"),
    "fact inside": ("feed-forward", "前馈层"),
    "fact norms": ("norms", "归一化"),
    "fact positions": ("positions", "位置编码"),
    "fact longest": ("max positions", "最大长度"),
    "fact looks": ("attention", "注意力范围"),
    "fact weights": ("weights", "权重"),
    "fact made by": ("made by", "生成工具"),
    "fact stored in": ("stored in", "存储格式"),
    "fact tokenizer": ("tokenizer", "分词器"),
    "fact special tokens": ("special tokens", "特殊词元"),
    "fact keeps texts": ("normalization", "文本归一化"),
    "heads, of keys": ("{heads}, of keys {keys}", "{heads}，键的头数 {keys}"),
    "feed-forward plain": ("{width}, {activation}", "{width}，{activation}"),
    "feed-forward gated": ("{width}, {activation}, gated", "{width}，{activation}，带门控"),
    "norm before": ("{norm}, before each part", "{norm}，在各部分之前"),
    "norm after": ("{norm}, after each part", "{norm}，在各部分之后"),
    "looks back": ("back", "仅之前"),
    "looks everywhere": ("everywhere", "全部"),
    "layer by layer": ("{numbers} layer by layer", "{numbers}（逐层）"),
    "tokenizer entries": ("{kind}, {count:entry|entries}", "{kind}，{count} 个词元"),
    "texts as they are": ("none: texts stay as they are", "无：文本保持原样"),
    "texts without case or blanks": ("case or blanks are lost", "不保留大小写或空格"),
    "the word embedding": ("the word embedding", "共用词嵌入"),
    # answers
    "wrote": ("wrote {rows:row|rows} to {out}", "已将 {rows} 行写入 {out}"),
    "rows unread": ("{faults} of {rows:row|rows} could not be read", "{rows} 行中有 {faults} 行无法读取"),
    "rows unread, see column": (
        "{faults} of {rows:row|rows} could not be read; see the column '{column}'",
        "{rows} 行中有 {faults} 行无法读取；见列“{column}”",
    ),
    "rows unanswered": (
        "{faults} of {rows:row|rows} could not be answered; see the column '{column}'",
        "{rows} 行中有 {faults} 行无法回答；见列“{column}”",
    ),
    "rows unexplained": (
        "{faults} of {rows:row|rows} could not be explained; see their error",
        "{rows} 行中有 {faults} 行无法解释；见其 error",
    ),
    "of rows": ("{note} (rows {first} to {last})", "{note}（第 {first} 至 {last} 行）"),
    "follows": ("follows", "是下文"),
    "does not follow": ("does not follow", "不是下文"),
    "follows with": (
        "{verdict}  (probability that it follows: {probability:.3f})",
        "{verdict}  （是下文的概率：{probability:.3f}）",
    ),
    "mask is text": (
        "{mask} in the text is plain text: this model gives labels, and a pretrained one fills masks",
        "文本中的 {mask} 只作普通文本：此模型给出标签，填补掩码请用预训练模型",
    ),
    "no answer with": (
        "(no answer)   (with probability {probability:.2f})",
        "（无答案）   （概率 {probability:.2f}）",
    ),
    "answer at": ("{text}   (at character {start})", "{text}   （自第 {start} 个字符起）"),
    "none but next": ("none (next: {name} {share:.2f})", "无（最接近：{name} {share:.2f}）"),
    # evaluate, explain, export
    "outside its run": (
        "the model lies outside its run: baselines, leakage and openings are not known",
        "模型不在其运行文件夹中：基线、泄漏与测试集使用次数未知",
    ),
    "run keeps no rows": (
        "the run keeps no rows that take much memory: baselines and leakage are not known",
        "运行不保存占用大量内存的行：基线与泄漏未知",
    ),
    "rows a second": ("{rows}, {rate} a second", "{rows}，每秒 {rate}"),
    "rows explained": ("explained {rows:row|rows}", "已解释 {rows} 行"),
    "some rows unexplained": ("{rows:row|rows} could not be explained", "{rows} 行无法解释"),
    "words unread": (
        "of {count} of {total:text|texts} the model did not read all words: they are longer than the {limit:token|tokens} "
        "that it "
        "reads (--max_length of its training)",
        "{total} 条文本中有 {count} 条未读完：超过模型读取的 {limit} 个词元（训练时的 --max_length）",
    ),
    "not adding up": (
        "{count:explanation does|explanations do} not add up within 1 %; {count:~its notice says|their notice says} by how "
        "much",
        "{count} 个解释之和的误差超过 1%；其说明给出具体数值",
    ),
    "explanations of rows": ("{count:explanation|explanations} of {rows}", "{rows}的 {count} 个解释"),
    "all explanations": ("; all {rows} stand in explanations.jsonl", "；全部 {rows}见 explanations.jsonl"),
    "LiteRT is shorter": (
        "warning: the file takes texts of at most {longest:token|tokens}, the model {length}: LiteRT has a copy of the work "
        "for each "
        "length",
        "warning: 文件最多接受 {longest} 个词元的文本，而模型为 {length}：LiteRT 需为每种长度各存一份计算",
    ),
    "read back alone": (
        "transformers is not installed: the folder was read back by groundup alone",
        "未安装 transformers：只由 groundup 读回核对",
    ),
    "output from inputs": ("{output} from {inputs}", "由 {inputs} 得到 {output}"),
    "exported as": ("{format}, {size}: {what}", "{format}，{size}：{what}"),
    "left out by class": (
        "left out, for its class has no place for them: {names}",
        "该类没有容纳之处而略去：{names}",
    ),
    "lengths of file": ("lengths {lengths}", "长度 {lengths}"),
    "parity": (
        "largest difference from torch {largest:.2g}, of numbers up to {scale:.3g}, on {blocks:block|blocks} of drawn rows",
        "与 torch 的最大差异 {largest:.2g}（数值最大 {scale:.3g}），随机数据 {blocks} 批",
    ),
    "parity in int8": (
        "in int8 the largest difference is {largest:.2g}; {smaller:.1f} times smaller",
        "int8 的最大差异为 {largest:.2g}；体积缩小到 1/{smaller:.1f}",
    ),
    "exported answers": ("the same answers to {share:.1%} of {rows:row|rows}", "{rows} 行中 {share:.1%} 的答案相同"),
    # several tasks
    "figure of task": ("test {name}: {metric} {figure}", "测试 {name}：{metric} {figure}"),
    "figure of other": (
        "{other} {figure:.4f}, difference {value:+.4f} ({low:+.4f} to {high:+.4f})",
        "{other} {figure:.4f}，相差 {value:+.4f}（{low:+.4f} 至 {high:+.4f}）",
    ),
    "mean difference from": ("mean difference from {other}: {value:+.4f}", "与 {other} 的平均差：{value:+.4f}"),
    # limits
    "n examples": ("{count:example|examples}", "{count} 个样本"),
    "n training rows": ("{count:training row|training rows}", "{count} 行训练数据"),
    "n training targets": ("{count:training target|training targets}", "{count} 行训练目标"),
    "longer than": (
        "{longer} of {what} ({share:.1%}) {longer:~is|are} longer than {limit:token|tokens}",
        "{what}中有 {longer}（{share:.1%}）超过 {limit} 个词元",
    ),
    "longer and cut": (
        "{longer} of {what} ({share:.1%}) {longer:~is|are} longer than {limit:token|tokens} and {longer:~is|are} cut; "
        "{setting}",
        "{what}中有 {longer}（{share:.1%}）超过 {limit} 个词元，已被截断；{setting}",
    ),
    "longer and in windows": (
        "{longer} of {what} ({share:.1%}) {longer:~is|are} longer than {limit:token|tokens} and {longer:~is|are} read in "
        "windows; "
        "{setting}",
        "{what}中有 {longer}（{share:.1%}）超过 {limit} 个词元，分窗口读取；{setting}",
    ),
    "answers unfinished": (
        "{count} of {total:answer|answers} {count:~ends|end} at the limit of {limit:token|tokens}; {setting}",
        "{total} 个回答中有 {count} 个达到 {limit} 个词元的上限；{setting}",
    ),
    "max_length of training up to": (
        "--max_length of its training (finetune, multitask) sets that, up to {most}",
        "由训练（finetune、multitask）时的 --max_length 决定，最大 {most}",
    ),
    "max_length of training": ("--max_length of its training sets that", "由训练时的 --max_length 决定"),
    "no more positions": ("the model has no more positions", "模型没有更多位置"),
    "longest targets": ("it is set by the longest targets of the training", "由训练中最长的目标决定"),
    "max_new_tokens sets": (
        "--max_new_tokens sets that, up to the room in the model",
        "可用 --max_new_tokens 指定，以模型的容量为限",
    ),
    "max_length changes": (
        "--max_length changes that (the model has room for {room})",
        "可用 --max_length 调整（模型最多容纳 {room}）",
    ),
    "most targets decide": (
        "most of them decide that, and the room in the decoder",
        "由多数目标的长度与解码器的容量决定",
    ),
    "near images unchecked": (
        "images that are nearly those of another split are not looked for",
        "不检查与其他划分近似的图像",
    ),
    "generation settings": (
        "{place}: {values}; a setting given here goes first, and --no-generation_config leaves them out",
        "{place}：{values}；此处给出的设置优先，--no-generation_config 则不采用这些值",
    ),
    "prefixes unread": (
        "{place}: names words that stand before a text ({names}); texts are read as they are given",
        "{place}：规定了文本前的提示词（{names}）；此处按原样读取文本",
    ),
    # keywords
    "times near": ("({count:time|times} near)", "（共现 {count} 次）"),
    "akin": ("(akin)", "（近义）"),
    "turned by": (
        "{before:.3f} to {after:.3f}  {changes}  ({label} {probability:.3f})  {text}",
        "{before:.3f} 变为 {after:.3f}  {changes}  （{label} {probability:.3f}）  {text}",
    ),
    "word left out": ("left out", "（删去）"),
    "nothing turns": ("no change that was tried turns the verdict", "所试的改动都没有使判断翻转"),
    "columns not read": (
        "{count:further column is|further columns are} not read: {columns}",
        "{count} 列不被模型读取：{columns}",
    ),
}
