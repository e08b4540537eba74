"""What reports say, in English and Chinese, in one table. `say = speaker("zh")`; `say("rows")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundup.words_explain import EXPLAIN

LANGUAGES = ("en", "zh")

WORDS: dict[str, tuple[str, str]] = {
    # images
    "images": ("Images", "图像"),
    "labels": ("Labels", "标签"),
    # what a model is made of
    "architecture": ("Architecture", "结构"),
    "parts and parameters": ("Parts and their parameters", "各部分及其参数"),
    "model card": ("Model card", "模型卡"),
    # several tasks
    "several tasks": ("One model for several tasks", "一个模型，多项任务"),
    "kind of task": ("kind", "类型"),
    "trained uniform": ("trained with uniform weights", "以均匀权重训练"),
    "trained single": ("trained for this task alone", "只为此任务训练"),
    "mean difference": (
        "Mean over the targets of the difference from a model {other}: {value}.",
        "与{other}的模型相比，各目标任务的平均差值：{value}。",
    ),
    "weights help little": (
        "Weights rarely help much: uniform weights with ordinary regularization are hard to beat (Kurin et al., 2022), and a "
        "difference whose interval holds 0 is none.",
        "权重的作用通常很小：均匀权重加普通正则化很难被超越（Kurin 等，2022）；区间包含 0 的差值不算差别。",
    ),
    "task weights": ("Weights of the tasks", "任务权重"),
    "weight": ("weight", "权重"),
    "mean weight": ("mean over the run", "全程平均"),
    "effective weights": ("Share of each task in the loss", "各任务在损失中的份额"),
    "weights cv": ("Found by cross-validation on the training rows.", "由训练行上的交叉验证得出。"),
    "weights uniform": ("All alike.", "全部相同。"),
    "weights fixed": ("As the recipe says.", "由配方指定。"),
    "weights uncertainty": ("Learned with the model (Kendall et al., 2018).", "与模型一同学习（Kendall 等，2018）。"),
    "weights dwa": (
        "By how slowly the losses fall (dynamic weight averaging, Liu et al., 2019).",
        "按损失下降的快慢（动态权重平均，Liu 等，2019）。",
    ),
    "weights gradnorm": (
        "By the size of the gradients (GradNorm, Chen et al., 2018).",
        "按梯度大小（GradNorm，Chen 等，2018）。",
    ),
    "weights pcgrad": (
        "All alike; conflicting gradients are made orthogonal (PCGrad, Yu et al., 2020).",
        "全部相同；相互冲突的梯度被投影为正交（PCGrad，Yu 等，2020）。",
    ),
    "left out tasks": ("Tasks that hardly count or were left out", "几乎不计或被排除的任务"),
    "reason": ("reason", "原因"),
    "candidate": ("weights", "权重"),
    "mean score": ("mean of the targets above chance", "目标任务高出随机的平均值"),
    "standard error": ("standard error", "标准误"),
    "search round": ("Search for weights, round {number}", "权重搜索，第 {number} 轮"),
    "round told": (
        "{folds} folds of the training rows, {steps} updates each, {blocks}.",
        "训练行的 {folds} 折，每次 {steps} 步更新，{blocks}。",
    ),
    "all blocks": ("all blocks trained", "训练全部层"),
    "top blocks": ("the top blocks trained on kept states of the others", "在其余层保存的状态上只训练顶部各层"),
    "explained": ("explained by a ridge head", "岭回归头解释的比例"),
    "by chance": ("by chance up to", "随机情形最多"),
    "own cosine": ("own cosine", "自身余弦"),
    "cosine with": ("cosine with {target}", "与 {target} 的余弦"),
    "screening": ("Screening", "筛选"),
    "screening told": (
        "Explained: share of the targets' variance that a linear head on the body as it is predicts for rows left out. "
        "Cosine: of a task's training gradient with the gradient of held out rows of each target.",
        "解释的比例：未经本次训练的主干上的线性头对留出行所预测的目标方差份额。余弦：任务的训练梯度与各目标留出行梯度之间的余弦。",
    ),
    "search seconds": ("seconds of the search", "搜索用时（秒）"),
    "training seconds": ("seconds of the training", "训练用时（秒）"),
    # systems
    "transformer": ("the Transformer", "Transformer"),
    "majority": ("the majority class", "总是预测最常见类别"),
    "tfidf": ("TF-IDF + logistic regression", "TF-IDF + 逻辑回归"),
    "trivial baseline": ("majority class or mean", "多数类或均值"),
    "linear baseline": ("TF-IDF + linear model", "TF-IDF + 线性模型"),
    "names seen in training": ("names seen in training", "训练集中见过的名称"),
    "logistic regression on words": ("logistic regression on words", "基于词特征的逻辑回归"),
    "logistic regression on pixels": ("logistic regression on pixels", "基于像素的逻辑回归"),
    "no answer": ("always no answer", "总是回答“无答案”"),
    "first sentence": ("the first sentence", "第一句"),
    "sentence most like the question": ("the sentence most like the question", "与问题最相近的句子"),
    "TF-IDF + ridge": ("TF-IDF + ridge regression", "TF-IDF + 岭回归"),
    "most frequent labels": ("the most frequent labels", "最常见的标签"),
    "untrained": ("the same model without pretraining", "未经预训练的同一模型"),
    # verdict
    "wins": (
        "The Transformer wins: {model} {metric} against {other} of {name} (difference {difference}, "
        "95 % interval {low} to {high}).",
        "Transformer 胜出：{metric} {model}，而{name}为 {other}（差值 {difference}，95% 区间 {low} 至 {high}）。",
    ),
    "loses": (
        "The Transformer did not win: {name} reaches {other} {metric} against {model} (difference {difference}, "
        "95 % interval {low} to {high}).",
        "Transformer 没有胜出：{name}的{metric}为 {other}，Transformer 为 {model}"
        "（差值 {difference}，95% 区间 {low} 至 {high}）。",
    ),
    "ahead": (
        "The Transformer is ahead, but not clearly: {model} {metric} against {other} of {name} "
        "(difference {difference}, 95 % interval {low} to {high}); {rows} test rows cannot tell them apart.",
        "Transformer 略微领先，但并不明确：{metric} {model}，而{name}为 {other}（差值 {difference}，"
        "95% 区间 {low} 至 {high}）；{rows} 行测试数据无法区分两者。",
    ),
    "behind": (
        "The Transformer did not win: {name} reaches {other} {metric} against {model} (difference {difference}, "
        "95 % interval {low} to {high}); {rows} test rows cannot tell them apart.",
        "Transformer 没有胜出：{name}的{metric}为 {other}，Transformer 为 {model}"
        "（差值 {difference}，95% 区间 {low} 至 {high}）；{rows} 行测试数据无法区分两者。",
    ),
    "alone": (
        "No baseline was trained on these rows, so nothing says whether {model} {metric} is good.",
        "没有在这些数据上训练基线，因此无法判断 {metric} {model} 是好是坏。",
    ),
    "compared elsewhere": (
        "{metric} {model}; the comparison with the baselines on these rows stands in {where}.",
        "{metric} 为 {model}；与基线在这些数据上的比较见 {where}。",
    ),
    "no rows": ("No labelled row: nothing could be scored.", "没有带标签的行，无法评分。"),
    "worthless": (
        "It does not clearly beat always answering {label!r} ({other} {metric}).",
        "它没有明显胜过总是回答“{label}”（{metric} {other}）。",
    ),
    # alarms
    "collapsed": (
        "Collapsed: every one of the {rows} rows is predicted as {label!r}. Check the learning rate, the number of "
        "updates and the class balance.",
        "模型坍缩：全部 {rows} 行都被预测为“{label}”。请检查学习率、更新次数和类别均衡。",
    ),
    "empty answers": (
        "Collapsed: every one of the {rows} answers is empty. Check the learning rate, the number of updates and the targets.",
        "模型坍缩：全部 {rows} 个答案都为空。请检查学习率、更新次数和目标。",
    ),
    "same answers": (
        "Collapsed: every one of the {rows} answers is the same, {answer!r}. Check the learning rate, the number of updates "
        "and the targets.",
        "模型坍缩：全部 {rows} 个答案都是“{answer}”。请检查学习率、更新次数和目标。",
    ),
    "never predicted": ("Never predicted: {labels}.", "从未被预测的类别：{labels}。"),
    "label map": (
        "Accuracy {accuracy} is far below what guessing with the same answers gives ({chance}): is the label map "
        "wrong? Rows of {true!r} are mostly predicted as {predicted!r}.",
        "准确率 {accuracy} 远低于同样回答随机分配时的 {chance}：标签映射是否有误？“{true}”的行大多被预测为“{predicted}”。",
    ),
    "unseen labels": (
        "Rows with a label the model was never trained on, all counted as errors: {rows} ({labels}).",
        "标签在训练中从未出现的行，全部计为错误：{rows} 行（{labels}）。",
    ),
    "unlabelled": ("Rows without a label, not scored: {rows}.", "没有标签、不参与评分的行：{rows} 行。"),
    "leaking": (
        "{share} of the test rows also occur in the training rows, exactly or nearly: the figures are too good.",
        "测试集中有 {share} 的行与训练集完全或近似重复：结果偏于乐观。",
    ),
    "cut texts": (
        "{share} of the texts are longer than the {limit} tokens that the model reads; what stands behind these was not seen.",
        "{share} 的文本超过模型可读的 {limit} 个词元，其后的内容未被读取。",
    ),
    "overconfident": (
        "The probabilities are too sure of themselves: mean confidence {confidence}, accuracy {accuracy}.",
        "概率过于自信：平均置信度 {confidence}，准确率 {accuracy}。",
    ),
    # headings
    "size of it": ("{rows} rows, {classes} classes", "{rows} 行，{classes} 个类别"),
    "rows of it": ("{rows} rows", "{rows} 行"),
    "classification report": ("Classification report", "分类报告"),
    "report": ("Report", "报告"),
    "further figures": ("Further figures", "其他指标"),
    "figure": ("figure", "指标"),
    "by label": ("By label", "按标签"),
    "worst answers": ("Worst answers", "最差的回答"),
    "wrong by": ("wrong by", "偏差"),
    "result": ("Result", "结果"),
    "against baselines": ("Against the baselines", "与基线比较"),
    "classes": ("Classes", "各类别"),
    "confusion": ("Confusion matrix", "混淆矩阵"),
    "most confused": ("Most frequent confusions", "最常见的混淆"),
    "calibration": ("Calibration", "校准"),
    "slices": ("By kind of row", "分组结果"),
    "worst errors": ("Most confident errors", "最自信的错误"),
    "training": ("Training", "训练过程"),
    "data": ("Data", "数据"),
    "settings": ("Settings", "设置"),
    "facts": ("Facts", "运行信息"),
    "values used": ("Values used in training", "训练实际采用的取值"),
    # figures and columns
    "accuracy": ("accuracy", "准确率"),
    "macro_f1": ("macro F1", "宏平均 F1"),
    "top5": ("top-5 accuracy", "前五准确率"),
    "micro_f1": ("micro F1", "微平均 F1"),
    "subset_accuracy": ("all labels right", "标签全对率"),
    "pearson": ("Pearson correlation", "皮尔逊相关系数"),
    "spearman": ("Spearman correlation", "斯皮尔曼相关系数"),
    "mean_absolute_error": ("mean absolute error", "平均绝对误差"),
    "rouge1": ("ROUGE-1", "ROUGE-1"),
    "rouge2": ("ROUGE-2", "ROUGE-2"),
    "rougeL": ("ROUGE-L", "ROUGE-L"),
    "bleu": ("BLEU", "BLEU"),
    "chrf": ("chrF", "chrF"),
    "placeholders_kept": ("placeholders kept", "占位符保留率"),
    "name_precision": ("names that the source has, too", "源文中也有的名称占比"),
    "copy_rate": ("share of words from the source", "源文词占比"),
    "copy of the source": ("copy of the source", "原文照抄"),
    "nearest in memory": ("nearest in memory", "翻译记忆中最近句"),
    "first": ("first", "开头句数"),
    "TextRank": ("TextRank", "TextRank 句数"),
    "random": ("random", "随机句数"),
    "upper bound of sentences": ("upper bound of sentences", "抽取句子的上限"),
    "exact_match": ("exact match", "完全匹配"),
    "has_answer_exact_match": ("exact match, answer in the text", "完全匹配（有答案）"),
    "has_answer_f1": ("F1, answer in the text", "F1（有答案）"),
    "no_answer_exact_match": ("exact match, no answer", "完全匹配（无答案）"),
    "no_answer_f1": ("F1, no answer", "F1（无答案）"),
    "precision": ("precision", "精确率"),
    "recall": ("recall", "召回率"),
    "f1": ("F1", "F1"),
    "matthews": ("Matthews correlation", "马修斯相关系数"),
    "ece": ("expected calibration error", "期望校准误差"),
    "brier": ("Brier score", "Brier 分数"),
    "log_loss": ("log loss (nats)", "对数损失 (nat)"),
    "largest_gap": ("largest gap of a bin", "单箱最大偏差"),
    "rows": ("rows", "行数"),
    "support": ("rows", "行数"),
    "predicted": ("predicted", "预测"),
    "true": ("true", "真实"),
    "label": ("label", "标签"),
    "text": ("text", "文本"),
    "confidence": ("confidence", "置信度"),
    "system": ("system", "系统"),
    "difference": ("Transformer minus it", "Transformer 与之差"),
    "interval": ("95 % interval", "95% 区间"),
    "p": ("p", "p 值"),
    "fit seconds": ("training time", "训练时间"),
    "this model": ("Transformer", "Transformer"),
    "macro": ("macro average", "宏平均"),
    "weighted": ("weighted by rows", "按行数加权"),
    "micro": ("micro average", "微平均"),
    "length": ("length of the text, characters", "文本长度（字符）"),
    "other values": ("other values", "其他值"),
    "value": ("value", "取值"),
    "count": ("count", "次数"),
    "unseen": ("not in training", "训练中未出现"),
    "step": ("step", "步"),
    "loss": ("loss", "损失"),
    "pretraining_loss": ("pretraining loss", "预训练损失"),
    "validation": ("validation", "验证集"),
    "training rows": ("training", "训练集"),
    "validation figures": ("Validation figures", "验证集指标"),
    "learning_rate": ("learning rate", "学习率"),
    "from to": ("{low} to {high}", "{low} 至 {high}"),
    "percent": ("{value} %", "{value}%"),
    # explanations
    "macro averages": (
        "Macro F1 is the plain mean over {number} of {classes} classes{left_out}; an undefined figure (–) enters no "
        "average. Intervals: {draws} resamples of the test rows.",
        "宏平均 F1 是 {classes} 个类别中 {number} 个的简单平均{left_out}；未定义的数值（–）不参与平均。"
        "区间：对测试行重采样 {draws} 次。",
    ),
    "left out": (
        " (left out, as they occur neither as label nor as prediction: {labels})",
        "（既无标签也无预测而未计入：{labels}）",
    ),
    "cut matrix": ("The first {shown} of {classes} classes are drawn.", "只画出 {classes} 个类别中的前 {shown} 个。"),
    "no errors": ("No row was wrong.", "没有预测错误的行。"),
    # data report
    "data report": ("Data report", "数据报告"),
    "contents": ("What is in it", "内容"),
    "documents": ("documents", "文档"),
    "of read": ("of {count} read", "共读取 {count}"),
    "characters": ("characters", "字符"),
    "tokens": ("tokens", "词元"),
    "sentences": ("sentences", "句子"),
    "left out documents": ("documents left out", "剔除的文档"),
    "characters per token": ("characters per token", "每个词元的字符数"),
    "unknown tokens": ("unknown tokens", "未知词元"),
    "split": ("split", "划分"),
    "scripts": ("Share of the characters (%)", "字符构成（%）"),
    "script other": ("punctuation and other", "标点及其他"),
    "script latin": ("Latin letters", "拉丁字母"),
    "script digits": ("digits", "数字"),
    "script greek": ("Greek", "希腊字母"),
    "script cyrillic": ("Cyrillic", "西里尔字母"),
    "script hebrew": ("Hebrew", "希伯来字母"),
    "script arabic": ("Arabic", "阿拉伯字母"),
    "script devanagari": ("Devanagari", "天城文"),
    "script thai": ("Thai", "泰文"),
    "script kana": ("Kana", "假名"),
    "script hangul": ("Hangul", "谚文"),
    "script han": ("Han", "汉字"),
    "script blanks": ("blanks", "空白"),
    "lengths": ("Lengths", "长度"),
    "tokens of a sentence": ("tokens of a sentence", "句子的词元数"),
    "tokens of a document": ("tokens of a document", "文档的词元数"),
    "sentences by tokens": ("Sentences by their tokens", "按词元数统计的句子"),
    "documents by tokens": ("Documents by their tokens", "按词元数统计的文档"),
    "mean": ("mean", "平均"),
    "median": ("median", "中位数"),
    "longest": ("longest", "最长"),
    "vocabulary": ("Vocabulary", "词表"),
    "used entries": ("{used} of {entries} entries are used.", "词表 {entries} 项中用到 {used} 项。"),
    "frequency": ("frequency", "频次"),
    "zipf": ("Frequency by rank", "频次与排名"),
    "rank": ("rank, log10", "排名（log10）"),
    "most frequent": ("Most frequent", "最常见的词元"),
    "cleaning": ("Cleaning", "清洗"),
    "read": ("read", "读取"),
    "joined": ("joined to the document before", "并入前一文档"),
    "kept": ("kept", "保留"),
    "paragraphs": ("paragraphs", "段落"),
    "rule": ("rule", "规则"),
    "changed": ("changed", "修改"),
    "dropped": ("dropped", "丢弃"),
    "paragraphs kept": ("{kept} of {read} paragraphs are kept.", "{read} 个段落中保留 {kept} 个。"),
    "many at cap": (
        "{share} of the sentences are pieces of exactly {most} tokens, the most that one holds: their ends were not found, "
        "as in text without capitals or full stops; next sentences are then learned from such pieces. Where each line is a "
        "sentence or a paragraph, --read.paragraphs line tells them apart.",
        "{share} 的句子恰好是 {most} 个词元（一句的上限）：没有找到句末，常见于全小写或没有句号的文本；"
        "下一句预测学到的将是这样的片段。"
        "若每行是一句或一段，可用 --read.paragraphs line 区分。",
    ),
    "passed over": ("Files that were passed over: {files}.", "跳过的文件：{files}。"),
    "reading": ("How it was read", "读取方式"),
    "rejects": ("The first {count} records that were left out", "最先剔除的 {count} 条记录"),
    "place": ("place", "位置"),
    "code": ("code", "代码"),
    "what": ("what", "原因"),
    "first documents": ("First documents", "开头的文档"),
    # GLUE
    "glue": ("GLUE", "GLUE 基准"),
    "glue average": ("GLUE average over the nine tasks: {value}", "GLUE 九项任务平均：{value}"),
    "glue part": (
        "Mean of the scores of {count} tasks: {value}. This is not the GLUE average: {missing}.",
        "{count} 项任务得分的平均：{value}。这不是 GLUE 平均分：{missing}。",
    ),
    "glue none": ("No task has a score yet.", "尚无任务得分。"),
    "tasks": ("Tasks", "任务"),
    "task": ("task", "任务"),
    "metric": ("metric", "指标"),
    "judged on": ("judged on", "评测数据"),
    "minutes": ("minutes", "分钟"),
    "notes": ("Notes", "说明"),
    "submission": ("Submission", "提交文件"),
    "openings": ("times the test split was opened", "测试集打开次数"),
    "leakage": ("test rows that also occur in training", "同时出现在训练集的测试行"),
    # comparison
    "comparison": ("Comparison", "模型比较"),
    "is best": ("Best: {name}, accuracy {accuracy} on {rows} rows.", "最佳：{name}，在 {rows} 行上准确率为 {accuracy}。"),
    "clearly better than": ("Clearly better than {names}.", "明显优于 {names}。"),
    "cannot be told from": ("These rows cannot tell it apart from {names}.", "这些数据无法将其与 {names} 区分开。"),
    "cost": ("Size and speed", "规模与速度"),
    "kind": ("kind", "类型"),
    "kind model": ("model", "模型"),
    "kind report": ("report", "报告"),
    "kind baseline": ("baseline", "基线"),
    "parameters": ("parameters", "参数"),
    "size on disk": ("size on disk", "磁盘大小"),
    "p50": ("one row, median (ms)", "单行中位数（毫秒）"),
    "p95": ("one row, 95 of 100 (ms)", "单行 95 分位（毫秒）"),
    "rows per second": ("rows per second", "每秒行数"),
    "seconds for all": ("time for all rows", "全部行用时"),
    "how timed": (
        "Measured in turns, so that what else the machine did fell on all alike: {rows} rows one at a time, {rounds} rounds of "
        "many.",
        "各模型轮流测量，机器的其他负载对所有模型影响相同：逐行 {rows} 次，批量 {rounds} 轮。",
    ),
    "in pairs": ("In pairs", "两两比较"),
    "one system": ("system", "系统"),
    "other system": ("against", "对比"),
    "difference in accuracy": ("difference in accuracy", "准确率之差"),
    "difference in macro_f1": ("difference in macro F1", "宏平均 F1 之差"),
    "only one right": ("only it / only the other right", "仅其正确 / 仅对方正确"),
    "mcnemar": ("p, McNemar", "p（McNemar）"),
    "randomised": ("p, randomised, accuracy", "p（随机化，准确率）"),
    "randomised macro_f1": ("p, randomised, macro F1", "p（随机化，宏平均 F1）"),
    "agreement": ("same answer", "答案一致"),
    "how tested": (
        "Intervals: {draws} paired resamples of the rows. McNemar: exact binomial test of the rows that only one has right. "
        "Randomised: {swaps} random swaps of the two systems' answers. Every p is corrected for {pairs} comparisons (Holm).",
        "区间：对行成对重采样 {draws} 次。McNemar：对只有一方正确的行做精确二项检验。"
        "随机化：随机交换两个系统的答案 {swaps} 次。所有 p 值均按 {pairs} 次比较做 Holm 校正。",
    ),
    "where they differ": ("Where they differ", "答案不同之处"),
    "never differ": ("They answer every row alike.", "所有行的答案都相同。"),
    "differing rows": (
        "They differ on {count} of {rows} rows; {shown} are here, those that fewest have right first; all are in answers.csv.",
        "{rows} 行中有 {count} 行答案不同；此处列出 {shown} 行，答对者最少的在前，全部见 answers.csv。",
    ),
    "who is right": ("right:", "答对者："),
    "nobody": ("nobody", "无"),
    "all of them": ("all", "全部"),
    # learning curves
    "learning curve": ("Learning curve", "学习曲线"),
    "rows, log10": ("training rows, log10", "训练行数（log10）"),
    "minus tfidf": ("minus TF-IDF", "与 TF-IDF 之差"),
    "seeds": ("seeds", "随机种子数"),
    "paired over seeds": ("Against TF-IDF, paired over seeds", "与 TF-IDF 按种子成对比较"),
    "curve from": (
        "{name} beats TF-IDF + logistic regression from {rows} training rows on ({difference} accuracy there, p {p}, "
        "{seeds} seeds).",
        "从 {rows} 行训练数据起，{name} 优于 TF-IDF + 逻辑回归（该处准确率相差 {difference}，p {p}，{seeds} 个种子）。",
    ),
    "curve never": (
        "{name} does not clearly beat TF-IDF + logistic regression within these sizes ({low} to {high} rows, {seeds} seeds).",
        "在这些规模内（{low} 至 {high} 行，{seeds} 个种子），{name} 没有明确优于 TF-IDF + 逻辑回归。",
    ),
    # check of labelled data
    "check of the data": ("Check of the data", "数据检查"),
    "findings": ("Findings", "检查结果"),
    "nothing wrong": ("Nothing was found that would spoil the experiment.", "没有发现会影响实验的问题。"),
    "worth knowing": ("{count} findings are worth knowing before training", "训练之前有 {count} 项值得注意"),
    "level ruin": ("RUINS  ", "致命"),
    "level warning": ("warning", "警告"),
    "level note": ("note   ", "说明"),
    "row": ("row", "行"),
    "repeats": ("Repeats, contradictions, leakage", "重复、矛盾与泄漏"),
    "leak exact": ("the same text", "相同文本"),
    "leak near": ("nearly the same", "近似相同"),
    "leak contained": ("a part or the whole of one", "互相包含"),
    "other columns": ("Other columns", "其他列"),
    "column": ("column", "列"),
    "different values": ("different values", "不同取值数"),
    "told by value": ("labels told by its values", "由取值得知标签的比例"),
    "told by order": ("labels told by its order", "由次序得知标签的比例"),
    "how columns tell": (
        "Share of rows whose label is that of the other rows with the same value (digits of ids left aside), or of the row "
        "before in the order of the column.",
        "标签与同取值的其他行（忽略编号中的数字）相同，或与按该列排序的前一行相同的行所占比例。",
    ),
    "doubtful labels": ("Labels that look wrong", "可疑标签"),
    "suggested": ("suggested", "建议"),
    "margin": ("margin", "差值"),
    "how suspected": (
        "{count} rows, {shown} shown; about {share} % of the labels are estimated to be wrong. Out-of-fold probabilities of "
        "TF-IDF + logistic regression, confident learning (Northcutt et al., 2021). They are rows to look at, not errors: hard "
        "rows are among them.",
        "{count} 行，列出 {shown} 行；估计约 {share}% 的标签有误。由 TF-IDF + 逻辑回归的折外概率经置信学习得出"
        "（Northcutt 等，2021）。这些只是值得查看的行，其中也有难例。",
    ),
    "finding UNFIT": ("fine-tuning would refuse it ({code} {place}: {what})", "微调会拒绝这份数据（{code} {place}：{what}）"),
    "finding FAULTY_ROWS": (
        "{rows} of {read} rows cannot be used, {limit} are tolerated; the first: {first} {what}",
        "{read} 行中有 {rows} 行无法使用（容许 {limit} 行）；第一处：{first} {what}",
    ),
    "finding REPEATED": (
        "{rows} rows ({share} %) repeat an earlier text; repeats stay in one split",
        "{rows} 行（{share}%）与之前的文本重复；重复的行留在同一划分中",
    ),
    "finding CONTRADICTIONS": (
        "{rows} rows contradict an equal text, such as '{text}': {one} and {other}",
        "{rows} 行与相同文本的标签矛盾，例如“{text}”：{one} 与 {other}",
    ),
    "finding LEAKAGE": (
        "{share} % of the {split} texts repeat, contain or are part of training texts, such as {example}; "
        "pass --split.group_by containment, or a column",
        "{split} 中 {share}% 的文本与训练文本重复或互相包含，例如 {example}；请使用 --split.group_by containment 或指定一列",
    ),
    "finding FEW_ROWS": (
        "{count} labels have fewer than {limit} training rows: {labels}",
        "{count} 个标签的训练行少于 {limit}：{labels}",
    ),
    "finding IMBALANCE": (
        "the rarest label, {label}, has {share} % of the training rows ({rows}); judge by macro F1",
        "最少的标签 {label} 只占训练行的 {share}%（{rows} 行）；请以宏平均 F1 评判",
    ),
    "finding NOT_IN_SPLIT": (
        "{count} labels have no row in the {split} split: {labels}",
        "{count} 个标签在 {split} 中没有任何行：{labels}",
    ),
    "finding NEVER_TRAINED": (
        "labels that no training row has: {labels}; they count as errors",
        "训练集中没有的标签：{labels}；将全部计为错误",
    ),
    "finding LABEL_VARIANTS": (
        "labels that differ by case, width or blanks alone are learned apart: {labels}",
        "仅大小写、全半角或空格不同的标签会被当作不同标签学习：{labels}",
    ),
    "finding READING": ("{told}", "{told}"),
    "finding BROKEN_TEXT": (
        "{rows} texts show a broken encoding or markup, such as '{text}'; groundup prepare repairs them",
        "{rows} 条文本有编码损坏或标记残留，例如“{text}”；groundup prepare 可以修复",
    ),
    "finding PERSONAL": (
        "{rows} texts hold e-mail addresses, telephone or card numbers or other personal data",
        "{rows} 条文本含有邮箱、电话、卡号等个人信息",
    ),
    "finding LABEL_IN_TEXT": (
        "{share} % of the texts hold the name of one label, and in {right} % of these it is the row's own",
        "{share}% 的文本含有某个标签的名称，其中 {right}% 正是该行的标签",
    ),
    "finding TEXT_IS_LABEL": (
        "the {texts} different texts tell {share} % of the labels: is this the column with the text?",
        "仅有的 {texts} 种文本就能得知 {share}% 的标签：这一列是文本吗？",
    ),
    "finding MARK": (
        "the word '{word}' stands in {inside} % of the rows of {label} and in {outside} % of the others",
        "“{word}”出现在 {label} 的 {inside}% 的行中，而其他行只有 {outside}%",
    ),
    "finding LENGTH_TELLS": (
        "the length of a text alone tells {share} % of the labels",
        "仅凭文本长度就能得知 {share}% 的标签",
    ),
    "finding COLUMN_TELLS": (
        "column '{column}' tells {share} % of the labels; it does no harm while no model reads it, but how did it come about?",
        "“{column}”列能得知 {share}% 的标签；只要模型不读它就无妨，但请查明其来由",
    ),
    "finding TOO_LONG": (
        "{share} % of the training rows are longer than {limit} tokens and would be cut; --max_length changes that",
        "{share}% 的训练行超过 {limit} 个词元，将被截断；可用 --max_length 调整",
    ),
    "finding NO_BASELINE": ("the baseline could not be scored: {what}", "无法评估基线：{what}"),
    "finding BASELINE": (
        "TF-IDF + logistic regression reaches accuracy {accuracy} by cross-validation on {rows} rows; always the same label "
        "{majority}",
        "TF-IDF + 逻辑回归在 {rows} 行上交叉验证的准确率为 {accuracy}；总是回答同一标签为 {majority}",
    ),
    "finding NOTHING_LEARNED": (
        "the words say nothing about the label: TF-IDF reaches {accuracy}, always the same label {majority}",
        "词语与标签无关：TF-IDF 准确率 {accuracy}，总是回答同一标签为 {majority}",
    ),
    "finding SUSPECTS": (
        "{rows} labels look wrong, an estimated {share} %; first '{text}': {given}, rather {suggested}",
        "{rows} 个标签可疑，估计有 {share}% 有误；首例“{text}”：标为 {given}，更像 {suggested}",
    ),
    **EXPLAIN,
}


def speaker(language: str, more: Mapping[str, tuple[str, str]] | None = None) -> Callable[..., str]:
    """A function from a key (and the values of its placeholders) to text in the language; a missing key is an error.

    `more` are words of a report that has some of its own, which come first.
    """
    column, words = LANGUAGES.index(language), WORDS | dict(more or {})

    def say(key: str, **values: object) -> str:
        return words[key][column].format(**values) if values else words[key][column]

    return say


def named(name: str, say: Callable[..., str]) -> str:
    """A system or figure: our own in the reader's language, with the number behind it (`TextRank 3`); others as they are."""
    stem, _, number = name.rpartition(" ")
    if name in WORDS:
        return say(name)
    return f"{say(stem)} {number}" if stem in WORDS and number[:1].isdigit() else name
