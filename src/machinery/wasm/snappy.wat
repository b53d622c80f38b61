;; Uncompresses a block of the snappy format, from memory to memory. `../wire/snappy.ts` calls, after it read the announced
;; length. Source: google/snappy format_description.txt: elements whose tag's lowest two bits tell a literal (0) or a copy of
;; bytes that were already written, with an offset of one, two or four bytes (1, 2, 3).
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; Copies by sixteen bytes; up to 15 bytes beyond the end are written and read, which both sides have.
  ;; The target may overlap the source when it begins at least 16 bytes later.
  (func $copy16 (param $to i32) (param $from i32) (param $length i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $length)))
    (loop $more
      (v128.store (local.get $to) (v128.load (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $more
        (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 16))) (local.get $end)))))

  ;; Copies byte by byte: a copy that overlaps what it writes repeats it.
  (func $repeat (param $to i32) (param $from i32) (param $length i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $length)))
    (loop $more
      (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br_if $more
        (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 1))) (local.get $end)))))

  ;; Uncompresses the elements in [at, end) to [out, outEnd). Returns -1 when they fill it exactly, else where the element
  ;; begins that is wrong, or `end` when they do not fill it.
  (func (export "uncompress") (param $at i32) (param $end i32) (param $out i32) (param $outEnd i32) (result i32)
    (local $first i32) (local $element i32) (local $tag i32) (local $length i32) (local $offset i32) (local $bytes i32)
    (local.set $first (local.get $out))
    (block $wrong
      (block $ended
        (loop $next
          (br_if $ended (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $element (local.get $at))
          (local.set $tag (i32.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (if (i32.eqz (i32.and (local.get $tag) (i32.const 3)))
            (then
              (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
              (if (i32.gt_u (local.get $length) (i32.const 60))
                (then
                  ;; One to four bytes hold the length less one.
                  (local.set $bytes (i32.sub (local.get $length) (i32.const 60)))
                  (br_if $wrong (i32.gt_u (local.get $bytes) (i32.sub (local.get $end) (local.get $at))))
                  (local.set $length (i32.load (local.get $at)))
                  (if (i32.lt_u (local.get $bytes) (i32.const 4))
                    (then
                      (local.set $length
                        (i32.and
                          (local.get $length)
                          (i32.sub
                            (i32.shl (i32.const 1) (i32.shl (local.get $bytes) (i32.const 3)))
                            (i32.const 1))))))
                  (local.set $length (i32.add (local.get $length) (i32.const 1)))
                  (br_if $wrong (i32.eqz (local.get $length)))
                  (local.set $at (i32.add (local.get $at) (local.get $bytes)))))
              (br_if $wrong (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $at))))
              (br_if $wrong (i32.gt_u (local.get $length) (i32.sub (local.get $outEnd) (local.get $out))))
              (call $copy16 (local.get $out) (local.get $at) (local.get $length))
              (local.set $at (i32.add (local.get $at) (local.get $length))))
            (else
              (local.set $bytes (i32.and (local.get $tag) (i32.const 3)))
              (if (i32.eq (local.get $bytes) (i32.const 1))
                (then
                  (br_if $wrong (i32.ge_u (local.get $at) (local.get $end)))
                  (local.set $length
                    (i32.add (i32.and (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 7)) (i32.const 4)))
                  (local.set $offset
                    (i32.or
                      (i32.shl (i32.shr_u (local.get $tag) (i32.const 5)) (i32.const 8))
                      (i32.load8_u (local.get $at))))
                  (local.set $at (i32.add (local.get $at) (i32.const 1))))
                (else
                  (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
                  (if (i32.eq (local.get $bytes) (i32.const 2))
                    (then
                      (br_if $wrong (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 2)))
                      (local.set $offset (i32.load16_u (local.get $at)))
                      (local.set $at (i32.add (local.get $at) (i32.const 2))))
                    (else
                      (br_if $wrong (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 4)))
                      (local.set $offset (i32.load (local.get $at)))
                      (local.set $at (i32.add (local.get $at) (i32.const 4)))))))
              (br_if $wrong (i32.eqz (local.get $offset)))
              (br_if $wrong (i32.gt_u (local.get $offset) (i32.sub (local.get $out) (local.get $first))))
              (br_if $wrong (i32.gt_u (local.get $length) (i32.sub (local.get $outEnd) (local.get $out))))
              (if (i32.ge_u (local.get $offset) (i32.const 16))
                (then
                  (call $copy16 (local.get $out) (i32.sub (local.get $out) (local.get $offset)) (local.get $length)))
                (else
                  (call $repeat (local.get $out) (i32.sub (local.get $out) (local.get $offset)) (local.get $length))))))
          (local.set $out (i32.add (local.get $out) (local.get $length)))
          (br $next)))
      (return (select (i32.const -1) (local.get $end) (i32.eq (local.get $out) (local.get $outEnd)))))
    (local.get $element)))
