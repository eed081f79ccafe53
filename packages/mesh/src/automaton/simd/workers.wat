  ;; Ticks shared between workers on one memory. The state at 64 is one 64-bit number: the tick times 2^24, plus bands claimed
  ;; from the bottom times 2^12, plus bands claimed from the top. Ticks are counted on from load to load and never
  ;; begin again, so a worker that wakes late finds a later tick and does nothing. Even workers claim from the top, odd ones
  ;; from the bottom: each keeps to its half of the memory, and who has finished takes of the other's.
  ;;
  ;; At 72: bands done in this tick (i32); 76: sleepers (i32); 80: tick at which to end (i64); 88: 1 = workers shall end (i32);
  ;; 92: bands of a tick (i32); 96: rows of a band (i32); 100: tries before sleeping (i32); from 704 on: for each worker the
  ;; end that it has reached (i64).

  ;; Works until the tick at 80 is reached.
  (func $work (param $bottom i32)
    (local $state i64) (local $end i64) (local $tick i64) (local $band i32) (local $bands i32) (local $from i32) (local $to i32) (local $tries i32)
    (local.set $end (i64.atomic.load offset=80 (i32.const 0)))
    (local.set $bands (i32.load offset=92 (i32.const 0)))
    (loop $next
      (local.set $state (i64.atomic.load offset=64 (i32.const 0)))
      (local.set $tick (i64.shr_u (local.get $state) (i64.const 24)))
      (if (i64.ge_u (local.get $tick) (local.get $end)) (then (return)))
      (local.set $band (i32.and (i32.wrap_i64 (local.get $state)) (i32.const 0xfff)))
      (local.set $from (i32.and (i32.shr_u (i32.wrap_i64 (local.get $state)) (i32.const 12)) (i32.const 0xfff)))
      (if (i32.lt_u (i32.add (local.get $band) (local.get $from)) (local.get $bands))
        (then
          (br_if $next (i64.ne (local.get $state)
            (i64.atomic.rmw.cmpxchg offset=64 (i32.const 0) (local.get $state)
              (i64.add (local.get $state) (select (i64.const 0x1000) (i64.const 1) (local.get $bottom))))))
          (if (local.get $bottom)
            (then (local.set $band (i32.sub (i32.sub (local.get $bands) (i32.const 1)) (local.get $from)))))
          (local.set $from (i32.mul (local.get $band) (i32.load offset=96 (i32.const 0))))
          (local.set $to (i32.add (local.get $from) (i32.load offset=96 (i32.const 0))))
          (if (i32.gt_u (local.get $to) (i32.load offset=12 (i32.const 0))) (then (local.set $to (i32.load offset=12 (i32.const 0)))))
          (call $band (i32.and (i32.wrap_i64 (local.get $tick)) (i32.const 1)) (local.get $from) (local.get $to))
          (if (i32.eq (i32.add (i32.atomic.rmw.add offset=72 (i32.const 0) (i32.const 1)) (i32.const 1)) (local.get $bands))
            (then
              ;; The last band: nobody works, so the next tick can be laid out.
              (i32.atomic.store offset=72 (i32.const 0) (i32.const 0))
              (i64.atomic.store offset=64 (i32.const 0) (i64.shl (i64.add (local.get $tick) (i64.const 1)) (i64.const 24)))
              (if (i32.atomic.load offset=76 (i32.const 0))
                (then (drop (memory.atomic.notify offset=64 (i32.const 0) (i32.const -1)))))))
          (br $next)))
      ;; All bands are claimed: wait for the tick to end, first awake, then asleep. The state stays as it is until then.
      (local.set $tries (i32.load offset=100 (i32.const 0)))
      (loop $spin
        (br_if $next (i64.ne (i64.atomic.load offset=64 (i32.const 0)) (local.get $state)))
        (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
        (br_if $spin (i32.gt_s (local.get $tries) (i32.const 0))))
      (drop (i32.atomic.rmw.add offset=76 (i32.const 0) (i32.const 1)))
      (drop (memory.atomic.wait64 offset=64 (i32.const 0) (local.get $state) (i64.const -1)))
      (drop (i32.atomic.rmw.sub offset=76 (i32.const 0) (i32.const 1)))
      (br $next)))

  ;; The caller takes part until the tick `end`: worker 0.
  (func (export "lead") (param $end i64)
    (i64.atomic.store offset=80 (i32.const 0) (local.get $end))
    (drop (memory.atomic.notify offset=80 (i32.const 0) (i32.const -1)))
    (call $work (i32.const 0)))

  ;; Takes part in every run until told to end; `index` from 1.
  (func (export "serve") (param $index i32)
    (local $seen i64) (local $tries i32)
    (loop $again
      (local.set $tries (i32.load offset=100 (i32.const 0)))
      (block $called
        (loop $spin
          (br_if $called (i64.ne (i64.atomic.load offset=80 (i32.const 0)) (local.get $seen)))
          (if (i32.atomic.load offset=88 (i32.const 0)) (then (return)))
          (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
          (br_if $spin (i32.gt_s (local.get $tries) (i32.const 0))))
        (drop (memory.atomic.wait64 offset=80 (i32.const 0) (local.get $seen) (i64.const -1))))
      (if (i32.atomic.load offset=88 (i32.const 0)) (then (return)))
      (local.set $seen (i64.atomic.load offset=80 (i32.const 0)))
      (call $work (i32.and (local.get $index) (i32.const 1)))
      (i64.atomic.store offset=704 (i32.shl (local.get $index) (i32.const 3)) (local.get $seen))
      (br $again)))
