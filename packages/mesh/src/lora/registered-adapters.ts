import { readAdapter, type Adapter } from "./adapter.ts";

/** Fitted by test/build-adapters.ts; a soak test fits them again and compares. Levels in base 36, one a neighbourhood. */
const TEXTS = [
  {
    className: "block",
    fit: { chosenRound: 1, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......n...a.kj8...9.d9g.89.j..a...j.ha..f..ea.a.j8.a..a...9.89b...f.oh..hj.j....mj.m...9d.a...o.om.f..9j....a.bj.....ao...o..ob...g.og..g..m....j..j...9..a...o.m..g...d.......9.....bo...o..od.ehfk...b..e...da.99.....aad9oocg.....................o.boobo......k.oh..jddo..a.mj.m...j..a...o.ej.h...h....d.c9...c.ao8..o..ob.od.df..f..e....m..........o....g.....d.aa............o.9........kf.l.daj.......9.8...9....o....a....bgc.........baoaoccboo.o.e.f..8..k....c....c.......9ooho...ag....c..a..a..f9oo.o.d.dda.a...",
    ],
  },
  {
    className: "beehive",
    fit: { chosenRound: 1, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......k...j.cl....i.jik..fk...j...n.ck..bj.b...8.h...kj..kj.oj....i.ci..ai.c.........ik..ik.ok...i.c...b..........a.ok..ok.o......i.oi..il.i......k..k.fim..m...il.j...k.......i.m.im..kk..k....hi.i...k.......h.k.im..kk..k...l................a..k...j..........h.ci..cj........i...k...k.oa..ci.c...b.........ik.ok..ok.o....co.c...c..........m.om..om.o...c................om.o...o........ih.f...l.......iik..m...k..a...j...............kk..k...j.......k...............kk..k...j.......................j...............",
    ],
  },
  {
    className: "loaf",
    fit: { chosenRound: 5, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......k...m.bo....b..e..fgj9.kj...j.9m..ko.n....9ijd.kkbhm.ik.....n.9a..oj.l....a.....odj.jhkj...c.fe..e............om..fk.k......c.dn..ol.o.....b.8.inh.milk...jo.m...o.......k.djk8..mi.......kb.l...n.......h..nhfk.lih.....o................m..j...h..........9.dc..aj.8.....b....o...m.of..dj.m...f.......d.j..ok..n..n....f....d.g.......9....ld..mm.n...m...................o...n........aj.e...n.......g.hn.ok..mi.k...m...............jm..j...i.......g...............jek.k...i.......................j...............",
    ],
  },
  {
    className: "boat",
    fit: { chosenRound: 0, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......c...o.co...........oka..m...o.mo..oo.o...i.mjk..k..n.km.....c.ao..co.o.....a....o...m.o...bo.o...o.........kmjn...o.........o.bo..oo.o...i......omjn.km..gam.m...m............nk.....k....mo.o...o.......k.kmjn...k......m................nk.k...k..........o.c.h.oo.n..........o.....ooo.oo.o...o.......mj...koo......o..cn.o.h..h..h......o.ooo.oooooo.o................m....o.ooo.o....oo.o...o.......mj...moo......o.n................kj.j.o.j.......o................k....o.ooo.o...................j.......o.......",
    ],
  },
  {
    className: "tub",
    fit: { chosenRound: 0, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......c...o.co...........ok..km...o.co..oo.o.....ok..kmo.o..o.....c.ao..co.o..........o..km.o...co.o...o.........km.o...o.........o.co..oo.o.....o....ooko.km...oo.o...o.......oko.km..o........co.o...o..........o.o..km......o...............km.................o.ac..oo.c..........o..k..om..oo.c...o.........k..om.....o....ac.a...c..........o.oo..om.o...c................om.o...o........oo.c...o............oo.k...m...o...............k...m...........c................oo.o...m.......................m...............",
    ],
  },
  {
    className: "blinker",
    fit: { chosenRound: 0, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      "...........m.amk...m.9m..mmmmkmj...m.amk.a9.a..k.mmmmkmj...j.kj....m.amk.oo.o..k.oomo.mkmmm.m....oo.o..ka.......mmm.m....kk.k......m.9mk.oo.o..k.o.mo.mkmmm.m....oo.o..k9.......mmm.m....kk.k....mm.m..jm.......mmm.m...m.......m...............m.......j..........m.amk.oo.o..k.oomo.mkmmm.m....oo.o..ka.......mmm.m....kk.k....a9.a..ka.......9.......k.......a...............k.......k........mm.m..jm.......mmm.m...m.......m...............m.......j........kkjkkj.kkk.k....kk.k...j.......kkk.k...k.......j...............",
      ".......o...m.mo....m.omm.mmmomm....o.mm..mo.m....ommmmm..mm.m......a.ao...mkmk.k.9mko.m.m.mjmk...9o.m...mk.k.j..o.m.m...mk.........a.oa..m9.o....m..mm.kmm.jm.k..o9.m...o.......mm.km.j.m.k......aa.o...mk.k.k..mk.km.k.mjj.....o........k......m.k................o.aa..mo.9....omm9.k.omm......mm..kkkm...kjk.mmm..kj.m...k....ao.a...mk.k.k..o.m.....mk......m...kkk..j..j...m...k............oa.a...o.......mm.kk.k.m.k.....m...kkk.....k...m.j.j...........o........k......m.k.................k...........................",
    ],
  },
  {
    className: "toad",
    fit: { chosenRound: 8, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".............aib...h..l9.hk8.hi....g..ke.bahb....a9j..9el.he.......h.bgg...ja....a.j..j....e.....oo.a..kb..m.........o.............e.agh.a.go....o.k..k.9........a.....ka..m....k....o..j........gh.h..jj..k....lkk.j...9.......h...............i..................h.chg.cago....ooka.k.a........ca....kb..m....j....o...........ca.b..k...m.............oo.o...a...............h................hg.g..jd..k....ekk.j...j........ghkimk.hmm.m...9...h...e........gbjekj.hkk.k...........e.......b...............................",
      ".......e...h.gh....g.him.kjmgmm....g.hd..gg.jg...khmgmm..mm.h......o.aa..c8..iih.gjm9jj.bmm..ij..hi..hgjj...jgj.imm..ji.h...k......a.ao...hiig.j..9.j.hjg.mjmj...9g.....gh.j.i..j.mimj..mk.......ao.a...ej.jhkj.g.hjjk..mj..i...h...gkj..i..j...mj..j..............a.oa...9.g....f..hm.jkm.im.j....kc.kjh.gj..i.im.jm.j.m.k......oa.a...e...hjk.em.jj.k.m.j.j...h.hjijk.g.i.g...m.j.i............aa.o...hk.k.j..j..kmjj.mji.....g.hk..j..jj.....9ij.............h........j..j...mjj...............j.h...........................",
    ],
  },
  {
    className: "beacon",
    fit: { chosenRound: 0, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      ".......o.....oo......m......j..m...o.o...o..o....k.....o...m..oo...o.oo..oo.o....mj.m......m...m.om.o...o.......j.....oo...m..o....o.oo..o..m....k..j......m...m.o..o............m....on...k..o..oo.o....................oooooo.o.....................o.ono.o......o.oo..oo.o....nkmm...kmm......oo.o...o........m....o.......n..oo.o...o.......m...............o.....................o..........oo.o...o........m................................m.m.o.m.k.m...o.......................o.n.o...................m.m.m...o.......",
      ".......m.....mjj...j.....j...h.m...m.mm..m.km..i...h...l.h.m.kn....m.om..mjjm..i...h...k...m.kn..oo.m...m..j.........mm..kn.m......m.om..m.ko..j...h...k.h.m..n.....j......k.......m.nn..mo.n....mm.m...m..i.......k.mm..ln.m...j................nn.n...n..........o.om..o.io..h.o.m.m.i.m.k..n..om.m...m..h....jmh..il.h.m.k....oo.o...m..h.....m....m..in.m...m...............h...k...k........om.m...m..h....jmh.h.k.h.m......ikhjhi.khk.j....km.m...m.......m................ik.k...l.......jhj.i...i.......m...............",
    ],
  },
  {
    className: "glider",
    fit: { chosenRound: 3, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      "...........k.hgj...h..j.8g.....h...g.bgh.h9....j.ehm..hj...j.hdo...h.bgh.jg.h..i..9.n.kkg..j..k..oo.o..kh.......g.m.......k.joo....e..hh.jh.e..i......jkh..j..k..oo.b..kg.......j.m.......k.goo...o.bh.ki..........h.g.o.fko.o..og...............g.m.o...o..i......h..hh.h9.a..j.jhmgkljhn.j..k..oo.c..ko...h...ion.9.....k.hoo..oo.c..kh.......h.m.m...n.k.....o...............o...........o...8bb..hhmg...dkk.g.k..mk.m.k.k...d...go......m...h...k.......o...cg..ho......k....g.mmo...o.......................m..............",
      ".......a.....h.h.....h...h..9k.h.....hj..h.ih..k.o..kh..mm.mm.m....b.ob..k8hi..k.a.....o...f..ho.oa.g...h..k....9...k.m...ho..o....c.oc..iaho..m.c..ah..9k.m..o..ob.h...i..k....bh..m...m........cb.c...h..k.......o..o..kiom.o.b.................o.....k.o..........o...h.go..m.igjhm.min.km.m..b.ii.9me.hm..k.jm.mm.m.n.k......ii.g...j..j....in..m.k.a.fo..o.h.hm..k...j.....m.k.......o......ob.o...h..k....jmj.k.m.g.......m.hm..k.........m.dg............i................kk.k...i.o.......k.............j...............",
      ".......k...k.hh...8h..g..h..9..j...j..j..ig.o.....ig...g...j.iko...g.bi...hhhh.i....n...i..hkkk...g.bh..hh.i.k.......h.ojkk..o.....g.og..g9.o....h8.h...hm.jm.k..oh.og..o.......i....g.om.k..m...b..o...hh.j.k.....h..hohjgo..o.b........k........ho.oh...o........h.og..h9.o....jing.n.im.jm.k.8bg.cg..b.......i.m..h.ok.k..m....a.c...hi.j.k..gk..m...ljk......hhkeok.hmk......mk.mo..k........oo.o...d.......jo..o...g.k.....9...............h....m..........c.h......k......9.ho..o...o.....gom.............k.o.............",
      ".......k.....b8g...h.a8........h...i.ch..cagb..k.c9k...kd..m.oio...e.oh..a.hb..k.g9k.......e.oio.oo.c...c..m....ag....m...o.o.o....g.oe...9ha..k.omm9......m..ho.oi.b...b..k....bgm...k.....o.o..gh.h...i..k....ihm.k.....m.m.o.g...............j..................h.ii....gj..j.ginina.hj.k..ho.oh.h...b..k....imn..ki.j...k.o..oo.h...h..m....gmm.m....mm.k.o.o...............k...k...m........bi.f....ggmhmj.hmn.m....mk.k.o.m.......hh..k...m...j...d.......i.......hmk.k...m.......m...............k.......................",
    ],
  },
  {
    className: "lwss",
    fit: { chosenRound: 6, episodes: 150, firstSeed: 1, flipsPerMillion: 3000 },
    rows: [
      "......8....k.9.8.....i..9.b.bk.k...d.....fe.e.fa8b..ckj....k.jk....c.h.e..ggdeel.f..il.k8..kdhk..da.....9e.i.jk....n.jm..mn.l......8.a.g.d9...fka.8.g..j...f.jko.fg..fi.g...hkk....g.jim.mlom....gh.b..jcf.h.ii.c..dk.io.kkoi...9...fjj.eh..j....jlok...m..........d.ge..g..f.d..oc.iof......ei..ff.9....d..........a....ehmemm..i..g...ae.i.ij..h.ll.j..jk.....d........j.......lo.j...goo.o....gh.d...9.....i.9..bm..m.kjoi...e...d.......j......mh...goo.o....hgkgkk.gkj.k....lmoj...m.......ikk.l...k.......m.......o.......",
      ".......a.....ea....9..9f.........88...8b...ci......a...fd....eh....g.oi....aag.i..m9m...b..e.fb..cagf..h.g......m....if.ee...m.....f.oh..9.e.....n.ag....a....d....ih...........k...ddc......i...df.h....igmen..hhm.k....g.d.j..d.......hm......f..................c.oj..ga.o....ommn.b.if........dkj.9.f.......9.c.jfd.d........oo.o...b.......o.......f.......j...............g....ji..........fd.c...f.......fem.g...g.........9.....b.......a...............l.......b.......i...............9...............................",
      "...........i.gbe.89e..8.a......m...b..ce.cg....k..8....m...m.feo...h.igg..ffff.k....oh.lc..k.jk..fg.h..khf.h.j..b..j.l...mm.goo....g..hh.eb.f..j....c..mf..k.kj..ah.o..ke...e......l.o...nl.goo..i8.d..kgc.h.i..8..d.lfo.kfo..o.d.d......i.......nfo..m.k.o.m......g.fgh.e..f..k.cekilmjcd.i..i..a.e..fld.gjb.j.c..kajh..lm.eoo..fa.g..kbc.i.i..il..o...khj.......gj.....jk.....kjj.....j...m...8.b.h..k.feigji...aidj...kk.i.....fj....fkk.....jmi.....k...m....8gj....elk......kfo..m.k.o.......................m.............",
      ".......l.....bfa...l.ojj.b.8efl....f.i.8...gf.f..mkfafa.i8..e......e.og....gc.....nfo.f...cfg8..8c..b....g.m.............a.........d.oe....ga....m.mm.m.........8a..f.e.............g............ee.b....c9m....bfm.m....e.......gg.c...h..........................g.od..9.go....mdkf.f..........fc.f...h.........e.g............oo.o...fg.n.............f.j....8................gf.hj..gmi......ii.i...9.......8d..g....gh.....b................fc.gi..f.......c........i......d...............dh..............f...............",
    ],
  },
] as const;

/** One adapter for each class of patterns. */
export const REGISTERED_ADAPTERS: readonly Adapter[] = TEXTS.map(readAdapter);
