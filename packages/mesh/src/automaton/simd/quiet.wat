  ;; Ticks that compute only the tiles that are not quiet. A tile's next state is what it was a tick ago (period 1 or 2) when it
  ;; and its eight neighbours are what they were two ticks ago; and what it was a tick ago is already in the buffer that is
  ;; written. So only tiles are computed that changed against two ticks ago, or that touch such a change.
  ;;
  ;; Settings at 128: even and odd buffer (128, 132), bytes of a column (136), columns (140), tiles of a column (144), lists
  ;; of even and odd ticks (148, 152), marks of even and odd ticks, one byte a tile (156, 160), length of the present
  ;; list (164), length of the next list (168).

  ;; Puts a tile on the next list, once. cx and ty may be one beyond the torus.
  (func $wake (param $cx i32) (param $ty i32) (param $marks i32) (param $list i32)
    (local $tile i32)
    (if (i32.lt_s (local.get $cx) (i32.const 0)) (then (local.set $cx (i32.sub (i32.load offset=140 (i32.const 0)) (i32.const 1)))))
    (if (i32.eq (local.get $cx) (i32.load offset=140 (i32.const 0))) (then (local.set $cx (i32.const 0))))
    (if (i32.lt_s (local.get $ty) (i32.const 0)) (then (local.set $ty (i32.sub (i32.load offset=144 (i32.const 0)) (i32.const 1)))))
    (if (i32.eq (local.get $ty) (i32.load offset=144 (i32.const 0))) (then (local.set $ty (i32.const 0))))
    (local.set $tile (i32.add (i32.mul (local.get $cx) (i32.load offset=144 (i32.const 0))) (local.get $ty)))
    (if (i32.load8_u (i32.add (local.get $marks) (local.get $tile))) (then (return)))
    (i32.store8 (i32.add (local.get $marks) (local.get $tile)) (i32.const 1))
    (i32.store (i32.add (local.get $list) (i32.shl (i32.load offset=168 (i32.const 0)) (i32.const 2)))
      (i32.or (i32.shl (local.get $cx) (i32.const 16)) (local.get $ty)))
    (i32.store offset=168 (i32.const 0) (i32.add (i32.load offset=168 (i32.const 0)) (i32.const 1))))

  ;; Up to so many ticks; ends early when the list grows beyond `tilesMax`. Gives the ticks that were done.
  (func (export "runQuiet") (param $odd i32) (param $ticks i32) (param $tilesMax i32) (result i32)
    (local $done i32) (local $src i32) (local $dst i32) (local $list i32) (local $nextList i32) (local $marks i32) (local $nextMarks i32)
    (local $at i32) (local $listEnd i32) (local $cx i32) (local $ty i32) (local $columnBytes i32) (local $columns i32)
    (local $pl i32) (local $pc i32) (local $pr i32) (local $out i32) (local $end i32) (local $offset i32)
    (local $any i32) (local $top i32) (local $bottom i32)
    ;;@use vectors
    (local $changed v128) (local $diff v128)
    (local.set $columnBytes (i32.load offset=136 (i32.const 0)))
    (local.set $columns (i32.load offset=140 (i32.const 0)))
    (block $finished
      (loop $tick
        (br_if $finished (i32.ge_u (local.get $done) (local.get $ticks)))
        (br_if $finished (i32.gt_u (i32.load offset=164 (i32.const 0)) (local.get $tilesMax)))
        (local.set $src (select (i32.load offset=132 (i32.const 0)) (i32.load offset=128 (i32.const 0)) (local.get $odd)))
        (local.set $dst (select (i32.load offset=128 (i32.const 0)) (i32.load offset=132 (i32.const 0)) (local.get $odd)))
        (local.set $list (select (i32.load offset=152 (i32.const 0)) (i32.load offset=148 (i32.const 0)) (local.get $odd)))
        (local.set $nextList (select (i32.load offset=148 (i32.const 0)) (i32.load offset=152 (i32.const 0)) (local.get $odd)))
        (local.set $marks (select (i32.load offset=160 (i32.const 0)) (i32.load offset=156 (i32.const 0)) (local.get $odd)))
        (local.set $nextMarks (select (i32.load offset=156 (i32.const 0)) (i32.load offset=160 (i32.const 0)) (local.get $odd)))
        (i32.store offset=168 (i32.const 0) (i32.const 0))
        (local.set $at (local.get $list))
        (local.set $listEnd (i32.add (local.get $list) (i32.shl (i32.load offset=164 (i32.const 0)) (i32.const 2))))
        (block $listDone
          (loop $tile
            (br_if $listDone (i32.ge_u (local.get $at) (local.get $listEnd)))
            (local.set $ty (i32.and (i32.load (local.get $at)) (i32.const 0xffff)))
            (local.set $cx (i32.shr_u (i32.load (local.get $at)) (i32.const 16)))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (i32.store8 (i32.add (local.get $marks) (i32.add (i32.mul (local.get $cx) (i32.load offset=144 (i32.const 0))) (local.get $ty))) (i32.const 0))
            (local.set $offset (i32.add (i32.const 16) (i32.shl (local.get $ty) (i32.const 7))))
            (local.set $pc (i32.add (i32.mul (local.get $cx) (local.get $columnBytes)) (local.get $offset)))
            (local.set $out (i32.add (local.get $dst) (local.get $pc)))
            (local.set $pc (i32.add (local.get $src) (local.get $pc)))
            (local.set $pl (i32.add (local.get $src) (i32.add (local.get $offset)
              (i32.mul (local.get $columnBytes) (i32.sub (select (local.get $cx) (local.get $columns) (local.get $cx)) (i32.const 1))))))
            (local.set $pr (i32.add (local.get $src) (i32.add (local.get $offset)
              (i32.mul (local.get $columnBytes) (select (i32.const 0) (i32.add (local.get $cx) (i32.const 1)) (i32.eq (i32.add (local.get $cx) (i32.const 1)) (local.get $columns)))))))
            (local.set $end (i32.add (local.get $pc) (i32.const 128)))
            (local.set $changed (v128.const i64x2 0 0))
            (local.set $top (i32.const 0))
            (loop $quad
              ;; Left column's sums, of which only the highest bit is used.
              (local.set $u (v128.load (i32.sub (local.get $pl) (i32.const 4))))
              (local.set $n (v128.load (local.get $pl)))
              (local.set $d (v128.load offset=4 (local.get $pl)))
              ;;@use column
              (local.set $l0 (i32x4.shr_u (local.get $r0) (i32.const 31)))
              (local.set $l1 (i32x4.shr_u (local.get $r1) (i32.const 31)))
              (local.set $u (v128.load (i32.sub (local.get $pc) (i32.const 4))))
              (local.set $n (v128.load (local.get $pc)))
              (local.set $d (v128.load offset=4 (local.get $pc)))
              ;;@use column
              (local.set $m (local.get $n))
              (local.set $c0 (local.get $r0))
              (local.set $c1 (local.get $r1))
              (local.set $u (v128.load (i32.sub (local.get $pr) (i32.const 4))))
              (local.set $n (v128.load (local.get $pr)))
              (local.set $d (v128.load offset=4 (local.get $pr)))
              ;;@use column
              (local.set $l0 (v128.or (local.get $l0) (i32x4.shl (local.get $c0) (i32.const 1))))
              (local.set $l1 (v128.or (local.get $l1) (i32x4.shl (local.get $c1) (i32.const 1))))
              (local.set $r0 (v128.or (i32x4.shl (local.get $r0) (i32.const 31)) (i32x4.shr_u (local.get $c0) (i32.const 1))))
              (local.set $r1 (v128.or (i32x4.shl (local.get $r1) (i32.const 31)) (i32x4.shr_u (local.get $c1) (i32.const 1))))
              ;;@use total
              ;;@use conway
              (local.set $z)
              (local.set $diff (v128.xor (local.get $z) (v128.load (local.get $out))))
              (v128.store (local.get $out) (local.get $z))
              (if (i32.eq (local.get $pc) (i32.sub (local.get $end) (i32.const 128)))
                (then (local.set $top (i32x4.extract_lane 0 (local.get $diff)))))
              (local.set $changed (v128.or (local.get $changed) (local.get $diff)))
              (local.set $pl (i32.add (local.get $pl) (i32.const 16)))
              (local.set $pc (i32.add (local.get $pc) (i32.const 16)))
              (local.set $pr (i32.add (local.get $pr) (i32.const 16)))
              (local.set $out (i32.add (local.get $out) (i32.const 16)))
              (br_if $quad (i32.ne (local.get $pc) (local.get $end))))
            ;; The rows before the first and after the last of a column repeat the other end.
            (if (i32.eqz (local.get $ty))
              (then (i32.store
                (i32.sub (i32.add (local.get $dst) (i32.mul (i32.add (local.get $cx) (i32.const 1)) (local.get $columnBytes))) (i32.const 16))
                (i32.load (i32.sub (local.get $out) (i32.const 128))))))
            (if (i32.eq (i32.add (local.get $ty) (i32.const 1)) (i32.load offset=144 (i32.const 0)))
              (then (i32.store
                (i32.add (i32.add (local.get $dst) (i32.mul (local.get $cx) (local.get $columnBytes))) (i32.const 12))
                (i32.load (i32.sub (local.get $out) (i32.const 4))))))
            (br_if $tile (i32.eqz (v128.any_true (local.get $changed))))
            (local.set $any (i32.or
              (i32.or (i32x4.extract_lane 0 (local.get $changed)) (i32x4.extract_lane 1 (local.get $changed)))
              (i32.or (i32x4.extract_lane 2 (local.get $changed)) (i32x4.extract_lane 3 (local.get $changed)))))
            (local.set $bottom (i32x4.extract_lane 3 (local.get $diff)))
            (call $wake (local.get $cx) (local.get $ty) (local.get $nextMarks) (local.get $nextList))
            (if (i32.and (local.get $any) (i32.const 1))
              (then (call $wake (i32.sub (local.get $cx) (i32.const 1)) (local.get $ty) (local.get $nextMarks) (local.get $nextList))))
            (if (i32.lt_s (local.get $any) (i32.const 0))
              (then (call $wake (i32.add (local.get $cx) (i32.const 1)) (local.get $ty) (local.get $nextMarks) (local.get $nextList))))
            (if (local.get $top)
              (then
                (call $wake (local.get $cx) (i32.sub (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))
                (if (i32.and (local.get $top) (i32.const 1))
                  (then (call $wake (i32.sub (local.get $cx) (i32.const 1)) (i32.sub (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))))
                (if (i32.lt_s (local.get $top) (i32.const 0))
                  (then (call $wake (i32.add (local.get $cx) (i32.const 1)) (i32.sub (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))))))
            (if (local.get $bottom)
              (then
                (call $wake (local.get $cx) (i32.add (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))
                (if (i32.and (local.get $bottom) (i32.const 1))
                  (then (call $wake (i32.sub (local.get $cx) (i32.const 1)) (i32.add (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))))
                (if (i32.lt_s (local.get $bottom) (i32.const 0))
                  (then (call $wake (i32.add (local.get $cx) (i32.const 1)) (i32.add (local.get $ty) (i32.const 1)) (local.get $nextMarks) (local.get $nextList))))))
            (br $tile)))
        (i32.store offset=164 (i32.const 0) (i32.load offset=168 (i32.const 0)))
        (local.set $odd (i32.xor (local.get $odd) (i32.const 1)))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $tick)))
    (local.get $done))
