"""Words that bound phrases in English and Chinese: function words, and words so general that no phrase is about them."""

from __future__ import annotations

ENGLISH = frozenset(
    """
    a an the this that these those such same other another each every either neither both all any some no none many much more
    most few fewer less least several enough own first second last next former latter various certain different
    i me my mine we us our ours you your yours he him his she her hers it its they them their theirs one ones who whom whose
    which what whatever where wherever when whenever why how however whether there here then thus hence therefore
    and or but nor so yet if unless until till while whereas although though because since as than like unlike
    of in on at by for from with without within into onto to toward towards upon under over above below between among amongst
    across through throughout during before after against about around along beyond behind beside besides near off out up down
    via per despite instead due except regarding concerning according based depending
    is are was were be been being am do does did done doing has have had having can cannot could may might must shall should
    will would not n't don't doesn't didn't isn't aren't wasn't weren't can't won't it's let let's
    very too quite rather almost nearly just only even also again still already ever never always often usually sometimes
    well further furthermore moreover additionally finally recently currently now today soon later once twice together
    respectively namely especially particularly generally typically e.g i.e etc et al vs
    show shows showed shown give gives gave given make makes made take takes took taken use uses used using get gets got
    become becomes became find finds found seem seems appear appears propose proposes proposed present presents presented
    describe describes described discuss discusses discussed consider considers considered provide provides provided
    obtain obtains obtained introduce introduces introduced investigate investigates investigated examine examines examined
    demonstrate demonstrates demonstrated develop develops developed derive derives derived apply applied applies
    require requires required allow allows allowed include includes included including involve involves involved
    compare compares compared suggest suggests suggested indicate indicates indicated illustrate illustrates illustrated
    achieve achieves achieved perform performs performed determine determines determined define defines defined
    say says said see sees seen know knows known go goes went gone come comes came think thinks thought want wants wanted
    new paper article author authors result results approach work study way ways able possible important main good better best
    several two three four five six seven eight nine ten
    """.split()
)

CHINESE = frozenset(
    """
    的 地 得 了 着 过 是 在 有 和 与 及 以及 或 或者 并 并且 而 而且 但 但是 却 则 就 也 都 还 又 再 更 最 很 太 较 比较
    非常 十分 极 不 没 没有 无 未 非 勿 别 把 被 将 让 使 使得 令 给 对 对于 关于 由 由于 从 自 自从 到 至 向 往 于 为
    为了 因 因为 因此 所以 故 以 以便 按 按照 根据 依据 依 通过 经 经过 随 随着 除 除了 除外 如 如果 如何 若 假如 虽
    虽然 尽管 即 即使 既 无论 不论 只 只有 只要 仅 仅仅 这 那 此 其 该 本 各 每 某 另 这个 那个 这些 那些 这种 那种 其中
    其他 其它 其余 之 之一 之间 之后 之前 之中 以上 以下 以来 以外 以内 我 你 您 他 她 它 我们 你们 他们 她们 它们 咱们
    自己 自身 本文 本人 本身 谁 什么 怎么 怎样 哪 哪些 哪里 多少 几 何 为何 一 二 三 四 五 六 七 八 九 十 两 一个 一种
    一些 一定 一般 一样 一起 一直 一方面 第一 第二 多 多个 多种 许多 大量 少 少数 全部 所有 任何 部分 个 种 些 次 例 名
    项 条 件 位 年 月 日 时 分 秒 号 元 等 等等 们 者 所 上 下 中 内 外 里 前 后 左右 间 时候 期间 方面 情况 过程 能
    能够 可 可以 可能 会 应 应该 应当 须 必须 需 需要 要 想 愿意 敢 肯 来 去 起来 出来 下来 上来 进行 加以 予以 给予
    作为 成为 变为 属于 提出 采用 利用 使用 运用 应用 研究 分析 探讨 讨论 介绍 阐述 论述 说明 表明 显示 指出 认为 发现
    得到 得出 获得 取得 具有 存在 包括 包含 建立 实现 提供 提高 考虑 针对 基于 结合 相关 有关 主要 重要 一系列 目的 方法
    结果 结论 问题 文章 作者 进一步 首先 其次 最后 然后 同时 目前 现在 近年来 已 已经 正 正在 曾 曾经 刚 才 仍 仍然 常
    常常 往往 通常 总是 逐渐 逐步 不断 分别 均 共 约 大约 特别 尤其 尤为 甚至 不同 相同 新 大 小 高 低 好 有效 良好 较好
    显著 明显 具体 吗 呢 吧 啊 呀 嘛 哦 嗯 说 做 看 用 见 像 似乎 好像 例如 比如 譬如 此外 另外 因而 从而 于是 可见 总之
    """.split()
)

STOP_WORDS = {"en": ENGLISH, "zh": CHINESE | ENGLISH}
