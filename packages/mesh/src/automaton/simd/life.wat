;; The kernels of the SIMD engines. Built by test/build-kernel.ts, which expands the macros (lines that begin with ;;@) and
;; sets the memory: once plain, once shared between workers. The built bytes stand in kernel-bytes.ts.
;;
;; Striped layout (dense kernels): a row has W words of 128 bits; word w holds the cells x = w + k * W at bit k. So the left
;; and right neighbours of a whole word are the words w - 1 and w + 1, without a shift; only at the two ends of a row
;; a word is rotated by one bit. A width that is no multiple of 128 has at least two columns of padding; after each tick the
;; column after the last is made equal to the first, and the last column of the padding to the last (`mend`).
;;
;; Column layout (quiet kernel): columns of 32 cells, each a run of 32-bit words top to bottom, with four words before and
;; after it, of which the nearest repeats the other end. A tile is 32 words of a column.

(module
  (import "host" "memory" (memory @MEMORY@))

;;@macro column
  ;; u, n, d (three rows) → r0, r1: their sum in two bits.
  (local.set $x (v128.xor (local.get $u) (local.get $n)))
  (local.set $r0 (v128.xor (local.get $x) (local.get $d)))
  (local.set $r1 (v128.or (v128.and (local.get $u) (local.get $n)) (v128.and (local.get $x) (local.get $d))))
;;@end

;;@macro total
  ;; Columns l, c, r → the sum of nine cells: t0 + 2 * (l1 + c1 + r1 + carry), with x and y the parities of the two pairs
  ;; of the bits of weight two, a and b their carries.
  (local.set $x (v128.xor (local.get $l0) (local.get $c0)))
  (local.set $t0 (v128.xor (local.get $x) (local.get $r0)))
  (local.set $y (v128.or (v128.and (local.get $l0) (local.get $c0)) (v128.and (local.get $x) (local.get $r0))))
  (local.set $a (v128.and (local.get $l1) (local.get $c1)))
  (local.set $x (v128.xor (local.get $l1) (local.get $c1)))
  (local.set $b (v128.and (local.get $r1) (local.get $y)))
  (local.set $y (v128.xor (local.get $r1) (local.get $y)))
;;@end

;;@macro conway
  ;; Alive next: the sum is 3, or it is 4 and the cell m is alive. Where t0 and the parity differ it is neither.
  (local.set $z (v128.xor (local.get $x) (local.get $y)))
  (v128.andnot
    (v128.or
      (v128.andnot (local.get $t0) (v128.or (local.get $a) (local.get $b)))
      (v128.andnot
        (v128.and (local.get $m) (v128.or (local.get $x) (v128.xor (local.get $a) (local.get $b))))
        (local.get $t0)))
    (v128.xor (local.get $z) (local.get $t0)))
;;@end

;;@macro any
  ;; Any rule: for each sum n of nine cells the table at 256 has what a dead cell becomes, and 16 bytes on what differs for a
  ;; live one.
  (local.set $z (v128.xor (local.get $x) (local.get $y)))
  (local.set $t2 (v128.xor (v128.xor (local.get $a) (local.get $b)) (v128.and (local.get $x) (local.get $y))))
  (local.set $t3 (v128.and (local.get $a) (local.get $b)))
  (local.set $a (v128.andnot (local.get $z) (local.get $t0)))
  (local.set $b (v128.and (local.get $z) (local.get $t0)))
  (local.set $x (v128.andnot (local.get $t0) (local.get $z)))
  (local.set $y (v128.not (v128.or (local.get $t0) (local.get $z))))
  (v128.or
    (v128.andnot
      (v128.or
        (v128.or
          (v128.and (local.get $y) (v128.xor (v128.load offset=256 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=272 (i32.const 0)))))
          (v128.and (local.get $x) (v128.xor (v128.load offset=288 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=304 (i32.const 0))))))
        (v128.or
          (v128.and (local.get $a) (v128.xor (v128.load offset=320 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=336 (i32.const 0)))))
          (v128.and (local.get $b) (v128.xor (v128.load offset=352 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=368 (i32.const 0)))))))
      (v128.or (local.get $t2) (local.get $t3)))
    (v128.or
      (v128.and (local.get $t2)
        (v128.or
          (v128.or
            (v128.and (local.get $y) (v128.xor (v128.load offset=384 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=400 (i32.const 0)))))
            (v128.and (local.get $x) (v128.xor (v128.load offset=416 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=432 (i32.const 0))))))
          (v128.or
            (v128.and (local.get $a) (v128.xor (v128.load offset=448 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=464 (i32.const 0)))))
            (v128.and (local.get $b) (v128.xor (v128.load offset=480 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=496 (i32.const 0))))))))
      (v128.and (local.get $t3)
        (v128.or
          (v128.andnot (v128.xor (v128.load offset=512 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=528 (i32.const 0)))) (local.get $t0))
          (v128.and (local.get $t0) (v128.xor (v128.load offset=544 (i32.const 0)) (v128.and (local.get $m) (v128.load offset=560 (i32.const 0)))))))))
;;@end

;;@macro vectors
  (local $u v128) (local $n v128) (local $d v128) (local $m v128)
  (local $l0 v128) (local $l1 v128) (local $c0 v128) (local $c1 v128) (local $r0 v128) (local $r1 v128)
  (local $x v128) (local $y v128) (local $z v128) (local $a v128) (local $b v128) (local $t0 v128)
;;@end

;;@macro dense NEXT
  ;; One tick of the rows from … to - 1 of a torus of `rows` rows, striped.
  (param $src i32) (param $dst i32) (param $rowBytes i32) (param $rows i32) (param $from i32) (param $to i32)
  (local $up i32) (local $mid i32) (local $down i32) (local $end i32)
  (local $f0 v128) (local $f1 v128)
  ;;@use vectors
  (local $t2 v128) (local $t3 v128)
  (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
  (local.set $mid (i32.add (local.get $src) (i32.mul (local.get $from) (local.get $rowBytes))))
  (local.set $dst (i32.add (local.get $dst) (i32.mul (local.get $from) (local.get $rowBytes))))
  (local.set $up
    (i32.add (local.get $src)
      (i32.mul (local.get $rowBytes)
        (i32.sub (select (local.get $from) (local.get $rows) (local.get $from)) (i32.const 1)))))
  (loop $row
    (local.set $from (i32.add (local.get $from) (i32.const 1)))
    (local.set $down
      (select (local.get $src) (i32.add (local.get $mid) (local.get $rowBytes)) (i32.eq (local.get $from) (local.get $rows))))
    ;; The last word of the row, rotated, is the left neighbour of the first.
    (local.set $end (i32.sub (local.get $rowBytes) (i32.const 16)))
    (local.set $u (v128.load (i32.add (local.get $up) (local.get $end))))
    (local.set $n (v128.load (i32.add (local.get $mid) (local.get $end))))
    (local.set $d (v128.load (i32.add (local.get $down) (local.get $end))))
    ;;@use column
    (local.set $l0 (v128.or (i64x2.shl (local.get $r0) (i32.const 1)) (i64x2.shr_u (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $r0) (local.get $r0)) (i32.const 63))))
    (local.set $l1 (v128.or (i64x2.shl (local.get $r1) (i32.const 1)) (i64x2.shr_u (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $r1) (local.get $r1)) (i32.const 63))))
    (local.set $u (v128.load (local.get $up)))
    (local.set $n (v128.load (local.get $mid)))
    (local.set $d (v128.load (local.get $down)))
    ;;@use column
    (local.set $m (local.get $n))
    (local.set $c0 (local.get $r0))
    (local.set $c1 (local.get $r1))
    (local.set $f0 (local.get $r0))
    (local.set $f1 (local.get $r1))
    (local.set $end (i32.add (local.get $mid) (local.get $end)))
    (block $rowDone
      (loop $word
        (br_if $rowDone (i32.eq (local.get $mid) (local.get $end)))
        (local.set $u (v128.load offset=16 (local.get $up)))
        (local.set $n (v128.load offset=16 (local.get $mid)))
        (local.set $d (v128.load offset=16 (local.get $down)))
        ;;@use column
        (v128.store (local.get $dst)
          ;;@use total
          ;;@use NEXT
        )
        (local.set $l0 (local.get $c0))
        (local.set $l1 (local.get $c1))
        (local.set $c0 (local.get $r0))
        (local.set $c1 (local.get $r1))
        (local.set $m (local.get $n))
        (local.set $up (i32.add (local.get $up) (i32.const 16)))
        (local.set $mid (i32.add (local.get $mid) (i32.const 16)))
        (local.set $down (i32.add (local.get $down) (i32.const 16)))
        (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
        (br $word)))
    ;; The first word, rotated the other way, is the right neighbour of the last.
    (local.set $r0 (v128.or (i64x2.shr_u (local.get $f0) (i32.const 1)) (i64x2.shl (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $f0) (local.get $f0)) (i32.const 63))))
    (local.set $r1 (v128.or (i64x2.shr_u (local.get $f1) (i32.const 1)) (i64x2.shl (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $f1) (local.get $f1)) (i32.const 63))))
    (v128.store (local.get $dst)
      ;;@use total
      ;;@use NEXT
    )
    (local.set $mid (i32.add (local.get $mid) (i32.const 16)))
    (local.set $up (i32.sub (local.get $mid) (local.get $rowBytes)))
    (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
    (br_if $row (i32.lt_u (local.get $from) (local.get $to))))
;;@end

  (func $conway
    ;;@use dense conway
  )
  (func $any
    ;;@use dense any
  )

  ;; Makes the padding of rows from … to - 1 go round: bit `firstTo` of the row becomes bit 0, bit `lastTo` bit `last`
  ;; (bit numbers as in memory: byte * 8 + bit).
  (func $mend (param $rows i32) (param $rowBytes i32) (param $from i32) (param $to i32) (param $firstTo i32) (param $last i32) (param $lastTo i32)
    (local $at i32) (local $end i32)
    (local.set $at (i32.add (local.get $rows) (i32.mul (local.get $from) (local.get $rowBytes))))
    (local.set $end (i32.add (local.get $rows) (i32.mul (local.get $to) (local.get $rowBytes))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (call $put (local.get $at) (local.get $firstTo) (i32.load8_u (local.get $at)))
        (call $put (local.get $at) (local.get $lastTo)
          (i32.shr_u (i32.load8_u (i32.add (local.get $at) (i32.shr_u (local.get $last) (i32.const 3)))) (i32.and (local.get $last) (i32.const 7))))
        (local.set $at (i32.add (local.get $at) (local.get $rowBytes)))
        (br $row))))

  ;; Sets bit `bit` counted from `at` to the lowest bit of `value`.
  (func $put (param $at i32) (param $bit i32) (param $value i32)
    (local.set $at (i32.add (local.get $at) (i32.shr_u (local.get $bit) (i32.const 3))))
    (local.set $bit (i32.and (local.get $bit) (i32.const 7)))
    (i32.store8 (local.get $at)
      (i32.or
        (i32.and (i32.load8_u (local.get $at)) (i32.xor (i32.shl (i32.const 1) (local.get $bit)) (i32.const -1)))
        (i32.shl (i32.and (local.get $value) (i32.const 1)) (local.get $bit)))))

  ;; One tick of some rows with the settings of the control block (see control-block.ts): buffer `from` to the other one.
  (func $band (param $odd i32) (param $from i32) (param $to i32)
    (local $src i32) (local $dst i32)
    (local.set $src (select (i32.load offset=4 (i32.const 0)) (i32.load (i32.const 0)) (local.get $odd)))
    (local.set $dst (select (i32.load (i32.const 0)) (i32.load offset=4 (i32.const 0)) (local.get $odd)))
    (if (i32.load offset=16 (i32.const 0))
      (then (call $any (local.get $src) (local.get $dst) (i32.load offset=8 (i32.const 0)) (i32.load offset=12 (i32.const 0)) (local.get $from) (local.get $to)))
      (else (call $conway (local.get $src) (local.get $dst) (i32.load offset=8 (i32.const 0)) (i32.load offset=12 (i32.const 0)) (local.get $from) (local.get $to))))
    (if (i32.load offset=20 (i32.const 0))
      (then (call $mend (local.get $dst) (i32.load offset=8 (i32.const 0)) (local.get $from) (local.get $to) (i32.load offset=20 (i32.const 0)) (i32.load offset=24 (i32.const 0)) (i32.load offset=28 (i32.const 0))))))

  ;; So many ticks of the whole torus, alone. `odd`: which buffer has the present state. Gives where it is afterwards.
  (func (export "run") (param $odd i32) (param $ticks i32) (result i32)
    (block $done
      (loop $tick
        (br_if $done (i32.eqz (local.get $ticks)))
        (call $band (local.get $odd) (i32.const 0) (i32.load offset=12 (i32.const 0)))
        (local.set $odd (i32.xor (local.get $odd) (i32.const 1)))
        (local.set $ticks (i32.sub (local.get $ticks) (i32.const 1)))
        (br $tick)))
    (local.get $odd))

  ;; Bits set in the words of two ranges, xor-ed; `b` = 0: of the one range alone. Lengths in bytes, multiples of 16.
  (func (export "countDifferent") (param $a i32) (param $b i32) (param $bytes i32) (result i32)
    (local $end i32) (local $step i32) (local $word v128) (local $sum v128)
    (local.set $end (i32.add (local.get $a) (local.get $bytes)))
    (local.set $step (i32.sub (local.get $b) (local.get $a)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $word (v128.load (local.get $a)))
        (if (local.get $b)
          (then (local.set $word (v128.xor (local.get $word) (v128.load (i32.add (local.get $a) (local.get $step)))))))
        (local.set $sum
          (i32x4.add (local.get $sum)
            (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (i8x16.popcnt (local.get $word))))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next)))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
      (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))

@PART_QUIET@
@PART_WORKERS@
)
