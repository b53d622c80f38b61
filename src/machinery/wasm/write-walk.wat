;; Walks the plain series of a remote-write 1.0 message: labels in front, then one sample and nothing else, as nearly all are.
;; `../wire/remote-write.ts` calls and walks the others itself.
;;
;;   TimeSeries  0a length  { 0a length label }*  12 length sample
;;   Sample      [ 09 double ]  10 varint
;;
;; Source: prometheus/prompb types.proto and remote.proto.
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; Walks at most `most` series in [at, end). Writes to the columns: where the labels begin and end, relative to `base`
  ;; (words), value and time (doubles). Returns how many they were; the word at `next` says where the one after them begins.
  ;; It ends early before a series that is not plain, a stale marker (a NaN of certain bits) among them.
  (func (export "walk")
    (param $at i32) (param $end i32) (param $base i32) (param $most i32)
    (param $starts i32) (param $ends i32) (param $values i32) (param $times i32) (param $next i32)
    (result i32)
    (local $count i32) (local $series i32) (local $seriesEnd i32) (local $labels i32) (local $byte i32) (local $length i32)
    (local $value i64) (local $time i64) (local $shift i64)
    (block $stop
      (loop $more
        (local.set $series (local.get $at))
        (br_if $stop (i32.ge_u (local.get $count) (local.get $most)))
        ;; Two bytes for the tag and a length, at least six for a sample.
        (br_if $stop (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8)))
        (br_if $stop (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x0a)))
        (local.set $length (i32.load8_u offset=1 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (if (i32.ge_u (local.get $length) (i32.const 0x80))
          (then
            (local.set $byte (i32.load8_u (local.get $at)))
            (br_if $stop (i32.ge_u (local.get $byte) (i32.const 0x80)))
            (local.set $length
              (i32.or (i32.and (local.get $length) (i32.const 0x7f)) (i32.shl (local.get $byte) (i32.const 7))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))))
        (br_if $stop (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $at))))
        (local.set $seriesEnd (i32.add (local.get $at) (local.get $length)))

        (local.set $labels (local.get $at))
        (block $passed
          (loop $label
            (br_if $stop (i32.ge_u (i32.add (local.get $at) (i32.const 2)) (local.get $seriesEnd)))
            (br_if $passed (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x0a)))
            (local.set $length (i32.load8_u offset=1 (local.get $at)))
            (br_if $stop (i32.ge_u (local.get $length) (i32.const 0x80)))
            (local.set $at (i32.add (i32.add (local.get $at) (i32.const 2)) (local.get $length)))
            (br $label)))

        (br_if $stop (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x12)))
        (br_if $stop
          (i32.ne
            (i32.add (local.get $at) (i32.add (i32.load8_u offset=1 (local.get $at)) (i32.const 2)))
            (local.get $seriesEnd)))
        (i32.store
          (i32.add (local.get $starts) (i32.shl (local.get $count) (i32.const 2)))
          (i32.sub (local.get $labels) (local.get $base)))
        (i32.store
          (i32.add (local.get $ends) (i32.shl (local.get $count) (i32.const 2)))
          (i32.sub (local.get $at) (local.get $base)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))

        (local.set $value (i64.const 0))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x09))
          (then
            (br_if $stop (i32.lt_u (i32.sub (local.get $seriesEnd) (local.get $at)) (i32.const 11)))
            (local.set $value (i64.load offset=1 (local.get $at)))
            (br_if $stop (i64.eq (local.get $value) (i64.const 0x7ff0000000000002)))
            (local.set $at (i32.add (local.get $at) (i32.const 9)))))
        (br_if $stop (i32.ge_u (i32.add (local.get $at) (i32.const 1)) (local.get $seriesEnd)))
        (br_if $stop (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x10)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        ;; Up to seven bytes: 49 bits are enough for milliseconds of any year.
        (br_if $stop (i32.gt_u (i32.sub (local.get $seriesEnd) (local.get $at)) (i32.const 7)))
        (local.set $time (i64.const 0))
        (local.set $shift (i64.const 0))
        (loop $digit
          (local.set $byte (i32.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $time
            (i64.or
              (local.get $time)
              (i64.shl
                (i64.extend_i32_u (i32.and (local.get $byte) (i32.const 0x7f)))
                (local.get $shift))))
          (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
          (br_if $digit
            (i32.and
              (i32.ge_u (local.get $byte) (i32.const 0x80))
              (i32.lt_u (local.get $at) (local.get $seriesEnd)))))
        (br_if $stop (i32.ge_u (local.get $byte) (i32.const 0x80)))
        (br_if $stop (i32.ne (local.get $at) (local.get $seriesEnd)))
        (i64.store
          (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 3)))
          (local.get $value))
        (f64.store
          (i32.add (local.get $times) (i32.shl (local.get $count) (i32.const 3)))
          (f64.convert_i64_s (local.get $time)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $more)))
    (i32.store (local.get $next) (i32.sub (local.get $series) (local.get $base)))
    (local.get $count)))
