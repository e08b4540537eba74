"""What is said while models are trained, searched, compressed and explained. In English and Chinese."""

TRAINING: dict[str, tuple[str, str]] = {
    "out is": (
        "out: {folder} (the first free one; name another with out=...)",
        "out：{folder}（第一个可用的文件夹；可用 out=... 指定）",
    ),
    "former name": ("{old} is now called {new}", "{old} 现在称为 {new}"),
    # --verbose
    "begins": (
        "groundup {version} {name}; Python {python}; {system} {machine}, {cores:core|cores}",
        "groundup {version} {name}；Python {python}；{system} {machine}，{cores} 核",
    ),
    "took": ("{name} took {seconds:.1f} s", "{name} 用时 {seconds:.1f} 秒"),
    "took with memory": (
        "{name} took {seconds:.1f} s; the most memory of the process so far: {memory:,.0f} MiB",
        "{name} 用时 {seconds:.1f} 秒；进程至今的内存峰值：{memory:,.0f} MiB",
    ),
    # training
    "going on from": ("going on from step {step}", "从第 {step} 步继续"),
    "stopped at": ("stopped at step {step}: {why}", "在第 {step} 步停止：{why}"),
    "older checkpoint stays": (
        "warning: {error} The run goes on with the older checkpoint.",
        "warning: {error} 运行保留较早的检查点并继续。",
    ),
    "optimizer differs": (
        "the run began with other values of the optimizer: {values}",
        "运行开始时优化器的取值不同：{values}",
    ),
    "checkpoint damaged": (
        "{name} is damaged ({what}); an older checkpoint was used",
        "{name} 已损坏（{what}）；改用较早的检查点",
    ),
    "sink failed": (
        "warning: {name} failed ({error}); the run goes on without it",
        "warning: {name} 出错（{error}）；运行不再使用它，继续进行",
    ),
    "states again": ("{what}: they are computed again", "{what}：重新计算"),
    "pretraining stays": (
        "lambda {strength:.4g}: L = L_task + lambda L_pre",
        "lambda {strength:.4g}：L = L_task + lambda L_pre",
    ),
    "no better": (
        "no better {metric} in {count:evaluation|evaluations}",
        "{metric} 连续 {count} 次评估没有提高",
    ),
    "callback ended": ("the callback ended the training", "回调函数结束了训练"),
    "callback ended why": ("the callback ended the training: {why}", "回调函数结束了训练：{why}"),
    # what decides a training
    "optimizer": (
        "{method}, peak learning rate {peak}, {warmup} warm-up, {decay}",
        "{method}，峰值学习率 {peak}，预热 {warmup}，{decay}",
    ),
    "linear decay": ("linear decay", "线性衰减"),
    "linear decay from": ("linear decay from {share:.0%} on", "自 {share:.0%} 起线性衰减"),
    "optimizer further": (
        "betas {beta1:g} and {beta2:g}, weight decay {decay:g}, clip {clip:g}",
        "beta {beta1:g} 与 {beta2:g}，权重衰减 {decay:g}，梯度裁剪 {clip:g}",
    ),
    "length of steps": ("{steps:step|steps}", "{steps} 步"),
    "length of rows": ("{steps:step|steps} of {size:row|rows}", "{steps} 步，每步 {size} 行"),
    "length of sequences": ("{steps:step|steps} of {size:sequence|sequences}", "{steps} 步，每步 {size} 条序列"),
    "length of windows of rows": (
        "{steps:step|steps} of {size:window|windows} of rows",
        "{steps} 步，每步 {size} 个窗口",
    ),
    "about tokens": ("{length} (about {tokens:token|tokens})", "{length}（约 {tokens} 个词元）"),
    "in epochs": ("{length} = {epochs:.3g} epochs", "{length}，共 {epochs:.3g} 轮"),
    "on the machine": (
        "{precision}; seed {seed}; {threads:thread|threads}",
        "{precision}；种子 {seed}；{threads} 个线程",
    ),
    "precision measured": (
        "precision {precision}: measured on this machine, an update takes {float32} s in float32 and {bfloat16} s in bfloat16",
        "精度 {precision}：本机实测，每次更新用 float32 需 {float32} 秒，用 bfloat16 需 {bfloat16} 秒",
    ),
    "bfloat16 is slower": (
        "warning: in bfloat16 this machine multiplies matrices {times:.1f} times as fast as in float32: leave it out",
        "warning: 本机以 bfloat16 做矩阵乘法的速度只有 float32 的 {times:.1f} 倍：请不要使用",
    ),
    "bfloat16 is faster": (
        "this machine multiplies matrices {times:.1f} times as fast in bfloat16: --precision bfloat16",
        "本机以 bfloat16 做矩阵乘法的速度是 float32 的 {times:.1f} 倍：可用 --precision bfloat16",
    ),
    "fine-tuning on": ("fine-tuning on {rows:row|rows}: {steps:step|steps}", "微调：{rows} 行训练数据，{steps} 步"),
    "fine-tuning on labels": (
        "fine-tuning on {rows:row|rows}, {labels:label|labels}: {steps:step|steps}",
        "微调：{rows} 行训练数据，{labels} 个标签，{steps} 步",
    ),
    "training tasks": (
        "training {names} on {rows:row|rows}: {steps:step|steps}",
        "训练 {names}：{rows} 行训练数据，{steps} 步",
    ),
    "pretraining on": (
        "pretraining {size:.2f} M parameters on {examples:example|examples} an epoch: {steps:step|steps}",
        "预训练：{size:.2f} M 个参数，每轮 {examples} 个样本，{steps} 步",
    ),
    "word embeddings counted": (
        "{count:word embedding|word embeddings} from what stands near each word",
        "由词的共现得到 {count} 个词嵌入",
    ),
    "parameters trained": (
        "training {trained} of {total:parameter|parameters}",
        "训练 {total} 个参数中的 {trained} 个",
    ),
    "parameters trained frozen": (
        "training {trained} of {total:parameter|parameters}; frozen: the embeddings and {frozen} of {blocks:block|blocks}",
        "训练 {total} 个参数中的 {trained} 个；冻结词嵌入与 {blocks} 层中的 {frozen} 层",
    ),
    "parameters trained lora": (
        "training {trained} of {total:parameter|parameters}: {low} of small matrices, and the head",
        "训练 {total} 个参数中的 {trained} 个：小矩阵 {low} 个，以及任务头",
    ),
    "head drawn for replay": (
        "the folder has no head for it: a new one is drawn, and learns beside the task",
        "文件夹中没有相应的头：新建一个，与任务一起学习",
    ),
    "augmented": (
        "augmented: {made:copy|copies} of {rows:row|rows} by {method}",
        "数据增强：以 {method} 由 {rows} 行生成 {made} 份",
    ),
    "augmented without": (
        "augmented: {made:copy|copies} of {rows:row|rows} by {method} ({dropped} left out)",
        "数据增强：以 {method} 由 {rows} 行生成 {made} 份（略去 {dropped}）",
    ),
    "tokens lose case": (
        "warning: the tokens of {data} lose case or blanks, and so will what the model writes; prepare with --tokenizer.kind "
        "byte_bpe or character",
        "warning: {data} 的词元不保留大小写或空格，模型写出的文本也会如此；请以 --tokenizer.kind byte_bpe 或 character "
        "重新准备",
    ),
    # preparing
    "documents kept": (
        "kept {kept} of {count:document|documents}, {characters:character|characters}",
        "保留 {count} 篇文档中的 {kept} 篇，共 {characters} 个字符",
    ),
    "rows kept": ("kept {kept} of {rows}: {splits}", "保留 {rows}中的 {kept}：{splits}"),
    "paragraphs dropped": (
        "{count:paragraph|paragraphs} dropped by clean.{rule}",
        "clean.{rule} 略去 {count} 个段落",
    ),
    "tokenizer of": ("tokenizer of {size:entry|entries}", "分词器含 {size} 个词元"),
    "tokenizer larger": (
        "tokenizer of {size:entry|entries}, not {wanted}: so many are needed for single letters or bytes",
        "分词器含 {size} 个词元，而非 {wanted}：单个字母或字节就需要这么多",
    ),
    "tokenizer smaller": (
        "tokenizer of {size:entry|entries}, not {wanted}: the text has no more {entries}",
        "分词器含 {size} 个词元，而非 {wanted}：文本中没有更多{entries}",
    ),
    "tokenizer smaller often": (
        "tokenizer of {size:entry|entries}, not {wanted}: the text has no more {entries} that occur {times} times; "
        "--tokenizer.min_frequency {fewer} gives more",
        "分词器含 {size} 个词元，而非 {wanted}：文本中没有更多出现 {times} 次的{entries}；"
        "--tokenizer.min_frequency {fewer} 可得到更多",
    ),
    "entries wordpiece": ("pairs of pieces to merge", "可合并的片段对"),
    "entries bpe": ("pairs of pieces to merge", "可合并的片段对"),
    "entries byte_bpe": ("pairs of pieces to merge", "可合并的片段对"),
    "entries unigram": ("pieces", "片段"),
    "entries character": ("characters", "字符"),
    "tokenizer sample": (
        "trained on the first {megabytes} MB of the text; --tokenizer.sample_megabytes changes that",
        "只用文本的前 {megabytes} MB 训练；可用 --tokenizer.sample_megabytes 调整",
    ),
    # tasks
    "task classification": ("classification", "分类"),
    "task multilabel": ("multilabel", "多标签分类"),
    "task regression": ("regression", "回归"),
    "task tagging": ("tagging", "序列标注"),
    "task answering": ("answering", "抽取式问答"),
    "task translation": ("translation", "翻译"),
    "task summarization": ("summarization", "摘要"),
    "task extraction": ("extraction", "抽取式摘要"),
    # several tasks
    "looking for weights": (
        "looking for weights by cross-validation on the training rows",
        "在训练数据上交叉验证，寻找任务权重",
    ),
    "no weight found": ("the best weights found have none for it", "找到的最佳权重中其值为零"),
    "weights found": ("weights: {weights}", "权重：{weights}"),
    "round of search": (
        "search, round {number}: {count:candidate|candidates}, {folds:fold|folds}, {steps:update|updates} each",
        "搜索，第 {number} 轮：{count} 个候选，{folds} 折，各更新 {steps} 次",
    ),
    "search final": (
        "search, final: {count:candidate|candidates}, {folds:fold|folds}, {steps:update|updates} each",
        "搜索，最后一轮：{count} 个候选，{folds} 折，各更新 {steps} 次",
    ),
    "task hardly counts": ("{name} hardly counts: {why}", "{name} 几乎不计：{why}"),
    "task is left out": ("{name} is left out: {why}", "{name} 不采用：{why}"),
    "task was left out": ("task {name} was left out: {why}", "任务 {name} 未采用：{why}"),
    "task counted hardly": ("task {name} hardly counts: {why}", "任务 {name} 几乎不计：{why}"),
    "probe of task": (
        "{name}: a ridge head on the body as it is explains {gain:.1%} of rows left out (by chance up to {most:.1%})",
        "{name}：在原有主体上的岭回归头可解释留出数据的 {gain:.1%}（偶然最多 {most:.1%}）",
    ),
    "gradients point away": (
        "its gradients point away from the targets' (mean cosine {cosine:+.3f})",
        "其梯度与目标任务相背（平均余弦 {cosine:+.3f}）",
    ),
    "nothing learned of it": (
        "nothing was learned of it: a ridge head explains {gain:.1%} of rows left out (by chance up to {most:.1%}), its "
        "gradients' cosine with those of its own held out rows is {own:+.3f} (by chance up to {chance:+.3f})",
        "从中学不到东西：岭回归头可解释留出数据的 {gain:.1%}（偶然最多 {most:.1%}），其梯度与自身留出数据梯度的余弦为 "
        "{own:+.3f}"
        "（偶然最多 {chance:+.3f}）",
    ),
    "and in cross-validation": (
        "{why}; in cross-validation {score:.3f} (by chance up to {chance:.3f})",
        "{why}；交叉验证为 {score:.3f}（偶然最多 {chance:.3f}）",
    ),
    "to compare with": ("to compare with: {name}", "用于比较：{name}"),
    "label of another task": (
        "'{names}' is not read: it is the label of another task of this table",
        "“{names}”不读取：它是此表另一任务的标签",
    ),
    "rows of task": ("{name} ({task}): {counts}", "{name}（{task}）：{counts}"),
    "rows follow another": (
        "{count:row follows|rows follow} the split of another task that has {count:~it|them}, too",
        "另一任务也有的 {count} 行沿用其划分",
    ),
    # compression
    "distilling": ("distilling {before} blocks into {after}: {terms}", "由 {before} 层蒸馏为 {after} 层：{terms}"),
    "weights become zero": (
        "prune: {share:.0%} of the blocks' weights become zero ({mask}); the model becomes neither smaller nor faster by that",
        "剪枝：各层 {share:.0%} 的权重置零（{mask}）；模型并不因此变小或变快",
    ),
    "prune round": (
        "prune: round {number} of {rounds}, {left:.1%} of the blocks' operations left; {shape}",
        "剪枝：第 {number}/{rounds} 轮，各层运算量剩余 {left:.1%}；{shape}",
    ),
    "shape of stack": ("{stack}heads {heads}, widths {widths}", "{stack}头数 {heads}，宽度 {widths}"),
    "layer dropped": ("prune: layer {number} of {count} is dropped", "剪枝：去掉第 {number} 层（共 {count} 层）"),
    "norms evened": (
        "quantize: the channels of {count:norm was|norms were} evened out",
        "量化：已均衡 {count} 个归一化层的通道",
    ),
    "matrices in int8": ("quantize: {count:matrix|matrices} in int8", "量化：{count} 个矩阵转为 int8"),
    "theseus at once": (
        "theseus: {count:module|modules} of {size:block|blocks} each; all are replaced from the first update on",
        "忒修斯：{count} 个模块，每个 {size} 层；从第一次更新起全部替换",
    ),
    "theseus after": (
        "theseus: {count:module|modules} of {size:block|blocks} each; all are replaced after {share:.0%} of the updates",
        "忒修斯：{count} 个模块，每个 {size} 层；更新进行到 {share:.0%} 之后全部替换",
    ),
    "teacher reads": ("the teacher reads {count:sequence|sequences} once", "教师模型读取 {count} 条序列一次"),
    "further texts": (
        "{count:further text|further texts} without a label; {held_out} {held_out:~is|are} held out and not used",
        "另有无标签文本 {count} 条；其中 {held_out} 条属于留出数据，不使用",
    ),
    "measuring both": (
        "measuring both models on {count:row|rows} of the test split, in turns",
        "在测试集的 {count} 行上轮流测量两个模型",
    ),
    "model knew these rows": (
        "the model was trained on {share:.1%} of these rows, exactly or nearly: it looks too good, and so the loss too large",
        "模型的训练数据包含这些行的 {share:.1%}（相同或近似）：原模型的结果偏高，损失因而显得偏大",
    ),
    # explanations
    "model drawn anew": ("drawing the model anew from the top", "自顶层起随机重置模型"),
    "explanations judged": ("judged explanations of {number} of {count:input|inputs}", "已评判 {number}/{count} 条输入的解释"),
    "inputs explained so far": ("explained {number} of {count:input|inputs}", "已解释 {number}/{count} 条输入"),
    "asking words alone": ("asking each word or column alone", "逐个单独查询各词或各列"),
    "rows are drawn": (
        "{rows} of {count:row|rows} are drawn; --rows sets how many",
        "从 {count} 行中抽取 {rows} 行；可用 --rows 指定",
    ),
    "scoring": ("scoring {method} by cross-validation", "用交叉验证评估 {method}"),
}
