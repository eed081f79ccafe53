;; Inner products of one query with many keys of 768 codes. Built by test/build-likeness.ts; the bytes stand in likeness-bytes.ts.
;;
;; The query lies as 768 16-bit codes, so that only the keys are widened: of 16 codes of a key, the lower and the upper half
;; become eight 16-bit numbers each, which i32x4.dot_i16x8_s multiplies and adds in pairs. Two accumulators hide its latency.
(module
  (import "host" "memory" (memory 1))
  (func (export "dots") (param $query i32) (param $keys i32) (param $count i32) (param $out i32)
    (local $at i32) (local $end i32) (local $q i32) (local $codes v128) (local $low v128) (local $high v128)
    (block $done
      (loop $key
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $at (local.get $keys))
        (local.set $end (i32.add (local.get $keys) (i32.const 768)))
        (local.set $q (local.get $query))
        (local.set $low (v128.const i32x4 0 0 0 0))
        (local.set $high (v128.const i32x4 0 0 0 0))
        (loop $codes16
          (local.set $codes (v128.load (local.get $at)))
          (local.set $low (i32x4.add (local.get $low)
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (v128.load (local.get $q)))))
          (local.set $high (i32x4.add (local.get $high)
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (v128.load offset=16 (local.get $q)))))
          (local.set $codes (v128.load offset=16 (local.get $at)))
          (local.set $low (i32x4.add (local.get $low)
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (v128.load offset=32 (local.get $q)))))
          (local.set $high (i32x4.add (local.get $high)
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (v128.load offset=48 (local.get $q)))))
          (local.set $q (i32.add (local.get $q) (i32.const 64)))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (br_if $codes16 (i32.lt_u (local.get $at) (local.get $end))))
        (local.set $low (i32x4.add (local.get $low) (local.get $high)))
        (i32.store (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $low)) (i32x4.extract_lane 1 (local.get $low)))
            (i32.add (i32x4.extract_lane 2 (local.get $low)) (i32x4.extract_lane 3 (local.get $low)))))
        (local.set $keys (local.get $end))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $key)))))
