"""What pages about explanations say, in English and Chinese; part of the one table of `words.py`."""

from __future__ import annotations

EXPLAIN: dict[str, tuple[str, str]] = {
    # one explanation
    "explanation": ("Explanation", "解释"),
    "explanations of": ("{count} inputs explained", "解释了 {count} 个输入"),
    "input": ("Input", "输入"),
    "input number": ("Input {number}", "输入 {number}"),
    "explained number": ("number explained", "被解释的数值"),
    "logits of": ("{one} rather than {other} (difference of logits)", "{one}，而非 {other}（logit 之差）"),
    "logit of": ("{one} (logit)", "{one}（logit）"),
    "one against": ("{one} against {other}", "{one}（相对 {other}）"),
    "without any part": ("with no part there", "去掉所有部分时"),
    "speaks for": ("for {target}", "支持 {target}"),
    "speaks against": ("against", "反对"),
    "method": ("method", "方法"),
    "checks": ("checks", "检验"),
    "part": ("part", "部分"),
    "word": ("word", "词"),
    "score": ("score", "分数"),
    "all scores": ("All scores as numbers", "全部分数"),
    "methods side by side": ("The methods side by side", "各方法并列"),
    "side by side told": (
        "The words that matter most to any of the methods. Each column has its own scale: its darkest word is its strongest.",
        "对任一方法最重要的词。每列各有尺度：颜色最深的是该方法中最强的词。",
    ),
    "what methods do": ("What the methods do", "各方法的含义"),
    "notices": ("What a reader must know", "读者须知"),
    "explanation is of the model": (
        "An explanation says what the model does with this input, not what is true of the world.",
        "解释说明的是模型如何处理该输入，而不是世界的真实情况。",
    ),
    # methods
    "method ig": ("Integrated gradients", "积分梯度"),
    "method gradient_x_input": ("Gradient × input", "梯度 × 输入"),
    "method gradient_norm": ("Gradient norm", "梯度范数"),
    "method attention": ("Attention", "注意力"),
    "method rollout": ("Attention rollout", "注意力展开"),
    "method gradient_attention": ("Attention × gradient", "注意力 × 梯度"),
    "method lrp": ("LRP (AttnLRP)", "LRP（AttnLRP）"),
    "method cp_lrp": ("LRP (CP-LRP)", "LRP（CP-LRP）"),
    "method occlusion": ("Occlusion", "遮挡"),
    "method lime": ("LIME", "LIME"),
    "method shap": ("SHAP", "SHAP"),
    "method partition": ("SHAP, partitioned", "SHAP（分层划分）"),
    "method random": ("Random order", "随机顺序"),
    "about ig": (
        "Gradients summed on the way from an input without words to this one (Sundararajan et al., 2017).",
        "从无词输入到该输入的路径上对梯度求和（Sundararajan 等，2017）。",
    ),
    "about gradient_x_input": ("How fast the number changes with a word, times the word.", "数值随词变化的速度乘以词本身。"),
    "about gradient_norm": ("How fast the number changes with a word; it has no sign.", "数值随词变化的速度，没有正负之分。"),
    "about attention": (
        "How much of the attention a word gets; not an explanation by itself.",
        "词所得到的注意力份额；其本身并不是解释。",
    ),
    "about rollout": (
        "Attention multiplied through the layers (Abnar and Zuidema, 2020).",
        "逐层相乘的注意力（Abnar 与 Zuidema，2020）。",
    ),
    "about gradient_attention": (
        "Attention weighed by its gradient (Chefer et al., 2021).",
        "以梯度加权的注意力（Chefer 等，2021）。",
    ),
    "about lrp": (
        "Relevance passed back from layer to layer (Achtibat et al., 2024).",
        "逐层回传的相关性（Achtibat 等，2024）。",
    ),
    "about cp_lrp": (
        "Relevance passed back with attention held still (Ali et al., 2022).",
        "固定注意力后回传的相关性（Ali 等，2022）。",
    ),
    "about occlusion": ("What changes when one word is taken away.", "去掉一个词时数值的变化。"),
    "about lime": (
        "A linear model of the number around this input (Ribeiro et al., 2016).",
        "该输入附近的线性近似（Ribeiro 等，2016）。",
    ),
    "about shap": (
        "Shapley values: a word's mean effect over all orders of adding words (Lundberg and Lee, 2017).",
        "Shapley 值：按所有加入次序平均的词效应（Lundberg 与 Lee，2017）。",
    ),
    "about partition": (
        "Owen values: Shapley values of halves, halves of halves, and so on.",
        "Owen 值：对半、再对半……的 Shapley 值。",
    ),
    "about random": ("Drawn by chance: what every explanation must beat.", "随机抽取：任何解释都必须胜过它。"),
    # what a reader must be told of methods, in the methods' own words
    "notice lrp": (
        "LRP is said by authors of the method to be patented, and free for personal and scientific purposes: whoever makes a "
        "product with it has to find out",
        "据该方法的作者称，LRP 已申请专利，个人与科研用途免费；将其用于产品者须自行查明",
    ),
    "notice cp_lrp": (
        "LRP is said by authors of the method to be patented, and free for personal and scientific purposes: whoever makes a "
        "product with it has to find out",
        "据该方法的作者称，LRP 已申请专利，个人与科研用途免费；将其用于产品者须自行查明",
    ),
    "notice attention": (
        "where a model looks is not an explanation by itself: heads look at what they do not use",
        "模型看向何处本身并不是解释：注意力头也会看它们并不使用的内容",
    ),
    "notice rollout": (
        "where a model looks is not an explanation by itself: heads look at what they do not use",
        "模型看向何处本身并不是解释：注意力头也会看它们并不使用的内容",
    ),
    "notice gradient_attention": (
        "only what speaks for the target is shown: nothing here speaks against it",
        "只显示支持目标的部分：这里没有反对目标的内容",
    ),
    "notice gradient_norm": (
        "the length of a gradient has no sign: it says how much, not which way",
        "梯度的长度没有正负：它说明影响多大，而不说明方向",
    ),
    "notice random": ("drawn by chance: a control", "随机抽取：用作对照"),
    # checks
    "check completeness": ("missing from completeness", "完备性缺口"),
    "check efficiency": ("missing from efficiency", "效率性缺口"),
    "check conservation": ("missing from conservation", "守恒性缺口"),
    "check special": ("on special tokens", "特殊词元所得"),
    "check comprehensiveness": ("comprehensiveness", "全面性"),
    "check sufficiency": ("sufficiency", "充分性"),
    "check beats_random": ("random orders beaten", "胜过的随机顺序比例"),
    "check steps": ("steps", "步数"),
    "check samples": ("samples", "采样数"),
    "check fit": ("fit (R²)", "拟合度 (R²)"),
    "check other_baseline": ("from another baseline: with no part there", "另一基线：去掉所有部分时"),
    "check other_completeness": ("from another baseline: missing from completeness", "另一基线：完备性缺口"),
    "check other_agreement": ("from another baseline: rank correlation", "另一基线：秩相关"),
    "check stability": ("rank correlation of the halves of the samples", "两半样本的秩相关"),
    "check closed": ("shared alike in unopened halves", "未展开部分均分的比例"),
    "check positions": ("on positions", "位置向量所得"),
    "check biases": ("on biases", "偏置所得"),
    "check softmax": ("kept by softmaxes", "softmax 所留"),
    "check rows_sum_to_1": ("rows of weights differ from 1 by", "权重行和与 1 之差"),
    "check rounding": ("not what the model says in int8, by", "与模型 int8 运算所得相差"),
    "check unread": ("words not read", "未读入的词"),
    # counterfactuals
    "smallest changes": ("The smallest changes that turn the verdict", "能改变判断的最小改动"),
    "now": ("now {label}, probability {share}", "当前为 {label}，概率 {share}"),
    "changed text": ("changed text", "改动后的文本"),
    "becomes": ("becomes", "变为"),
    "old label": ("probability of {label}", "{label} 的概率"),
    "no change turns": ("No change that was tried turns the verdict.", "尝试过的改动都不能改变判断。"),
    # scorecard
    "scorecard": ("Which explanation to believe", "该相信哪种解释"),
    "inputs": ("inputs", "输入"),
    "inputs explained": ("{inputs} inputs, {methods} methods", "{inputs} 个输入，{methods} 种方法"),
    "most faithful": (
        "The most faithful for this model and these inputs: {name}. Its gap is {gap} (95 % interval {low} to {high}); "
        "random orders have {random}.",
        "对该模型和这些输入最忠实的是：{name}。其间隙为 {gap}（95% 区间 {low} 至 {high}），随机顺序为 {random}。",
    ),
    "not told from": ("These inputs cannot tell it from {names}.", "这些输入无法将其与 {names} 区分开。"),
    "none beats random": (
        "None of the {count} methods clearly beats random orders on {inputs} inputs: believe none of them here.",
        "在 {inputs} 个输入上，{count} 种方法都没有明确胜过随机顺序：此处不应相信其中任何一种。",
    ),
    "judged on probability": (
        "Decided on the probability of one class against the other.",
        "以一类相对另一类的概率作为判断依据。",
    ),
    "judged on target": ("Decided on the number itself.", "以数值本身作为判断依据。"),
    "comprehensiveness": ("comprehensiveness ↑", "全面性 ↑"),
    "sufficiency": ("sufficiency ↓", "充分性 ↓"),
    "deletion": ("deletion ↓", "删除曲线 ↓"),
    "insertion": ("insertion ↑", "插入曲线 ↑"),
    "gap": ("gap ↑", "间隙 ↑"),
    "differences from random": ("Differences from random orders, paired", "与随机顺序之差（成对）"),
    "clearly better": ("clearly better than random orders", "明确优于随机顺序"),
    "clearly worse": ("clearly worse", "明确更差"),
    "beats random": ("beats random", "胜过随机"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "seconds each": ("time for one", "单个用时"),
    "scale probability": ("On the probability", "以概率衡量"),
    "scale target": ("On the number itself (logits)", "以数值本身（logit）衡量"),
    "replaced by": ("words replaced by: {name}", "词替换为：{name}"),
    "replacement mask": ("the mask token", "掩码词元"),
    "replacement mean": ("the mean embedding", "平均词向量"),
    "replacement pad": ("padding", "填充词元"),
    "replacement zero": ("zero", "零向量"),
    "gap over all": ("Gap, the mean over the replacements", "间隙（各替换方式的平均）"),
    "deletion curves": ("Deletion: the most relevant taken away first", "删除曲线：先去掉最相关的部分"),
    "insertion curves": ("Insertion: the most relevant put in first", "插入曲线：先放入最相关的部分"),
    "share of parts": ("share of the words", "词的比例"),
    "left of probability": ("probability", "概率"),
    "left of target": ("logits", "logit"),
    "how measured": (
        "Comprehensiveness: how much the number falls without the words that a method ranks first (1, 5, 10, 20 and 50 % of "
        "them, at least one; mean). Sufficiency: how much it falls with them alone. Deletion and insertion: areas under the "
        "curves below. Gap: insertion minus deletion, which is least-relevant-first minus most-relevant-first. Arrows say "
        "which way is good. A method beats random when the intervals of its differences in comprehensiveness and deletion lie "
        "on the good side of 0 for every replacement. Intervals: {draws} paired resamples of the inputs.",
        "全面性：去掉某方法排在最前的词（1%、5%、10%、20%、50%，至少一个；取平均）后数值下降多少。"
        "充分性：只保留它们时数值下降多少。删除与插入：下方曲线所围面积。间隙：插入减删除，等于先删最不相关与先删最相关之差。"
        "箭头指示优劣方向。若某方法的全面性与删除曲线之差的区间对每种替换方式都在 0 的好的一侧，则称其胜过随机。"
        "区间：对输入成对重采样 {draws} 次。",
    ),
    "left out inputs": ("Inputs of a single word, left out: {count}.", "只有一个词而未计入的输入：{count} 个。"),
    "does it hang on the model": ("Does the explanation hang on the model?", "解释是否取决于模型？"),
    "rank correlation": ("rank correlation with the trained model's explanation", "与已训练模型的解释的秩相关"),
    "curves": ("What is left", "剩余多少"),
    "stages": ("parts drawn anew, from the top", "自顶层起重新随机化的部分数"),
    "stage heads": ("head drawn anew", "重新随机输出头"),
    "stage blocks": ("{name} and all above", "{name} 及以上各层"),
    "stage embedding": ("everything", "全部"),
    "block": ("block {number}", "第 {number} 层"),
    "of sizes": ("of sizes", "绝对值"),
    "how forgotten": (
        "The model is drawn anew from the top (Adebayo et al., 2018). An explanation of the model should become unlike: a "
        "correlation near 0. One that stays alike describes the input and not the model.",
        "自顶层起逐步重新随机化模型（Adebayo 等，2018）。解释应随之改变，相关接近 0；若保持不变，它描述的是输入而非模型。",
    ),
    "unchanged methods": (
        "Hardly change though the model has forgotten everything: {names}.",
        "模型全部遗忘后仍几乎不变：{names}。",
    ),
    "planted word": ("A planted word decides the label", "由植入词决定标签"),
    "planted told": (
        "Share of {inputs} texts whose planted word a method ranks first; the model reaches accuracy {accuracy} on such texts.",
        "{inputs} 条文本中，方法把植入词排在首位的比例；模型在此类文本上的准确率为 {accuracy}。",
    ),
    "ranked first": ("ranked first", "排在首位"),
    # two models
    "two models": ("Two models' explanations", "两个模型的解释"),
    "agree told": (
        "{inputs} inputs that both models explain by the same target ({others} have another).",
        "{inputs} 个输入的解释目标在两个模型中相同（另有 {others} 个不同）。",
    ),
    "rank agreement": ("rank correlation of the scores", "分数的秩相关"),
    "top overlap": ("top words in common", "重合的最重要词"),
    "by chance alone": ("by chance", "随机情形"),
    "our faithfulness": ("{ours} minus {theirs}", "{ours} 减 {theirs}"),
    "faithfulness of both": ("Faithfulness of each model's explanations", "各模型解释的忠实度"),
    # global view
    "overview": ("What drives each class", "各类别由什么驱动"),
    "overview of": ("{inputs} inputs, {classes} classes, {method}", "{inputs} 个输入，{classes} 个类别，{method}"),
    "words for": ("Words that speak for {label}", "支持 {label} 的词"),
    "words against": ("Words that speak against {label}", "反对 {label} 的词"),
    "class inputs": (
        "{inputs} inputs are decided as {label}; {words} words occur in {fewest} of them or more.",
        "{inputs} 个输入被判为 {label}；有 {words} 个词至少出现在其中 {fewest} 个输入里。",
    ),
    "mean of scores": ("mean score", "平均分数"),
    "share of scores": ("share of all |scores|", "占全部 |分数| 的比例"),
    "linear weight": ("linear weight", "线性权重"),
    "example": ("example", "例子"),
    "no such words": ("None.", "无。"),
    "like the linear model": (
        "Rank correlation with the weights of the linear model, over its words: {value} (95 % interval {low} to {high}).",
        "与线性模型权重（按词）的秩相关：{value}（95% 区间 {low} 至 {high}）。",
    ),
    "how overviewed": (
        "Scores of {method} for the class that the model decided for, per word whatever its capitals. Words are ranked by the "
        "lower end of the interval of their mean (those against by the upper), and told where it lies above 0 (below). "
        "Intervals: {draws} resamples of the inputs of the class. Linear weight: of TF-IDF + logistic regression learned from "
        "{source}.",
        "对模型所判类别的 {method} 分数，按词（不分大小写）汇总。词按其平均值区间的下端排序（反对者按上端），"
        "只列出区间大于 0（反对者小于 0）的词。区间：对该类别的输入重采样 {draws} 次。"
        "线性权重：TF-IDF + 逻辑回归，学自{source}。",
    ),
    "from labels": ("the labels of these rows", "这些行的标签"),
    "from answers": ("the model's own answers to these rows", "模型自身对这些行的回答"),
    "without linear": ("nothing: it could not be fitted", "无（无法拟合）"),
    "shortcuts": ("Words on which a class hangs", "左右类别的词"),
    "shortcut alarm": (
        "{label} hangs on '{word}': without it {turned} % of the {inputs} inputs that hold it turn, with it alone {kept} % "
        "stay {label}. It stands in {covers} % of the inputs of {label}. Is it a reason, or an accident of the data?",
        "{label} 取决于“{word}”：含该词的 {inputs} 个输入中，去掉它时 {turned}% 改变判断，只留它时 {kept}% 仍为 {label}。"
        "它出现在 {label} 的 {covers}% 的输入中。它是理由，还是数据的偶然？",
    ),
    "no shortcut": ("No class hangs on a single word.", "没有哪个类别取决于单个词。"),
    "kept alone": ("stays with it alone (%)", "只留该词仍不变（%）"),
    "turned without": ("turns without it (%)", "去掉后改变（%）"),
    "more than another": ("more than another word", "比其他词多"),
    "more than strongest": ("more than the next strongest", "比次强词多"),
    "covers": ("of the class's inputs (%)", "占该类输入（%）"),
    "how decided": (
        "An alarm: without the word at least {turns} % of the decisions turn, or {some} % where it keeps {keeps} % of them "
        "alone; and the intervals lie above 0: of turning against the strongest other word of the same input, of keeping "
        "against another word of it drawn by chance. At most {most} inputs a word.",
        "警报条件：去掉该词至少改变 {turns}% 的判断，或至少改变 {some}% 且只留该词保持 {keeps}%；"
        "并且区间都大于 0："
        "改变与同一输入中最强的另一词相比，保持与其中随机另一词相比。每词至多 {most} 个输入。",
    ),
}
