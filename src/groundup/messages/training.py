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
    "scoring": ("scoring {method} by cross-validation", "用交叉验证评估{method}"),
}
