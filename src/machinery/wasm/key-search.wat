;; Recognises ranges of bytes among stored keys: hashes them, looks them up, compares them byte for byte, sixteen bytes at a
;; time. `linear-memory.ts` says what lies where, `byte-table.ts` of the metrics stage calls.
;;
;; A key in memory, in 32-bit words: context, length in bytes, value, next, then the bytes. An address is
;; chunk number * 65,536 + word; `chunks` is where a table of words tells where each chunk begins. Places are pairs of hash
;; and address + 1.
;;
;; The hash has four lanes of 64-bit multiply and rotate and the finish of MurmurHash3 (Austin Appleby, public domain). It only
;; spreads keys over places: no answer depends on it. Reads may go a few bytes beyond a range, which is always memory.
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; Where a key lies, by its address.
  (func $locate (param $chunks i32) (param $address i32) (result i32)
    (i32.add
      (i32.load
        (i32.add
          (local.get $chunks)
          (i32.shl (i32.shr_u (local.get $address) (i32.const 16)) (i32.const 2))))
      (i32.shl (i32.and (local.get $address) (i32.const 0xffff)) (i32.const 2))))

  (func $mix (param $lane i64) (param $bytes i64) (result i64)
    (i64.rotl
      (i64.mul (i64.xor (local.get $lane) (local.get $bytes)) (i64.const 0x9e3779b97f4a7c15))
      (i64.const 29)))

  (func $hash (export "hash") (param $seed i32) (param $context i32) (param $start i32) (param $length i32) (result i32)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local $at i32) (local $stop i32) (local $end i32)
    (local.set $a (i64.extend_i32_u (local.get $seed)))
    (local.set $b (i64.extend_i32_u (local.get $context)))
    (local.set $c (i64.extend_i32_u (local.get $length)))
    (local.set $d (i64.const 0x2545f4914f6cdd1d))
    (local.set $at (local.get $start))
    (local.set $end (i32.add (local.get $start) (local.get $length)))
    (local.set $stop (i32.sub (local.get $end) (i32.const 32)))
    (if (i32.ge_s (local.get $length) (i32.const 32))
      (then
        (loop $more
          (local.set $a (call $mix (local.get $a) (i64.load (local.get $at))))
          (local.set $b (call $mix (local.get $b) (i64.load offset=8 (local.get $at))))
          (local.set $c (call $mix (local.get $c) (i64.load offset=16 (local.get $at))))
          (local.set $d (call $mix (local.get $d) (i64.load offset=24 (local.get $at))))
          (br_if $more
            (i32.le_u
              (local.tee $at (i32.add (local.get $at) (i32.const 32)))
              (local.get $stop))))))
    ;; Up to 31 bytes are left: whole words of eight bytes, then what there is.
    (if (i32.ge_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8))
      (then
        (local.set $a (call $mix (local.get $a) (i64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))))
    (if (i32.ge_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8))
      (then
        (local.set $b (call $mix (local.get $b) (i64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))))
    (if (i32.ge_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8))
      (then
        (local.set $c (call $mix (local.get $c) (i64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))))
    (if (i32.lt_u (local.get $at) (local.get $end))
      (then
        (local.set $d
          (call $mix
            (local.get $d)
            (i64.and
              (i64.load (local.get $at))
              (i64.sub
                (i64.shl
                  (i64.const 1)
                  (i64.extend_i32_u (i32.shl (i32.sub (local.get $end) (local.get $at)) (i32.const 3))))
                (i64.const 1)))))))
    (local.set $a
      (i64.xor
        (i64.xor (local.get $a) (i64.rotl (local.get $b) (i64.const 7)))
        (i64.xor (i64.rotl (local.get $c) (i64.const 19)) (i64.rotl (local.get $d) (i64.const 41)))))
    (local.set $a
      (i64.mul
        (i64.xor (local.get $a) (i64.shr_u (local.get $a) (i64.const 33)))
        (i64.const 0xff51afd7ed558ccd)))
    (local.set $a
      (i64.mul
        (i64.xor (local.get $a) (i64.shr_u (local.get $a) (i64.const 33)))
        (i64.const 0xc4ceb9fe1a85ec53)))
    (i32.wrap_i64 (i64.xor (local.get $a) (i64.shr_u (local.get $a) (i64.const 33)))))

  ;; Tells whether two stretches of the same length are equal.
  (func $equal (param $left i32) (param $right i32) (param $length i32) (result i32)
    (local $difference v128) (local $stop i32)
    (if (i32.lt_u (local.get $length) (i32.const 16))
      (then
        (local.set $stop (i32.add (local.get $left) (local.get $length)))
        (block $unequal
          (loop $more
            (if (i32.ge_u (local.get $left) (local.get $stop)) (then (return (i32.const 1))))
            (br_if $unequal
              (i32.ne (i32.load8_u (local.get $left)) (i32.load8_u (local.get $right))))
            (local.set $left (i32.add (local.get $left) (i32.const 1)))
            (local.set $right (i32.add (local.get $right) (i32.const 1)))
            (br $more)))
        (return (i32.const 0))))
    ;; The last sixteen bytes first, then from the front what is left of them.
    (local.set $stop (i32.sub (i32.add (local.get $left) (local.get $length)) (i32.const 16)))
    (local.set $difference
      (v128.xor
        (v128.load (local.get $stop))
        (v128.load (i32.sub (i32.add (local.get $right) (local.get $length)) (i32.const 16)))))
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $left) (local.get $stop)))
        (local.set $difference
          (v128.or
            (local.get $difference)
            (v128.xor (v128.load (local.get $left)) (v128.load (local.get $right)))))
        (local.set $left (i32.add (local.get $left) (i32.const 16)))
        (local.set $right (i32.add (local.get $right) (i32.const 16)))
        (br $more)))
    (i32.eqz (v128.any_true (local.get $difference))))

  (func $isKey (param $key i32) (param $context i32) (param $start i32) (param $length i32) (result i32)
    (if (i32.ne (i32.load (local.get $key)) (local.get $context)) (then (return (i32.const 0))))
    (if (i32.ne (i32.load offset=4 (local.get $key)) (local.get $length)) (then (return (i32.const 0))))
    (call $equal (i32.add (local.get $key) (i32.const 16)) (local.get $start) (local.get $length)))

  ;; Tells the address of a key, or -1.
  (func $find (export "find")
    (param $chunks i32) (param $places i32) (param $mask i32) (param $hash i32)
    (param $context i32) (param $start i32) (param $length i32) (result i32)
    (local $place i32) (local $at i32) (local $stored i32)
    (local.set $place (i32.and (local.get $hash) (local.get $mask)))
    (loop $next
      (local.set $at (i32.add (local.get $places) (i32.shl (local.get $place) (i32.const 3))))
      (local.set $stored (i32.load offset=4 (local.get $at)))
      (if (i32.eqz (local.get $stored)) (then (return (i32.const -1))))
      (if (i32.eq (i32.load (local.get $at)) (local.get $hash))
        (then
          (if
            (call $isKey
              (call $locate (local.get $chunks) (i32.sub (local.get $stored) (i32.const 1)))
              (local.get $context) (local.get $start) (local.get $length))
            (then (return (i32.sub (local.get $stored) (i32.const 1)))))))
      (local.set $place (i32.and (i32.add (local.get $place) (i32.const 1)) (local.get $mask)))
      (br $next))
    (unreachable))

  ;; Finds many ranges in turns, so that the memory that each needs is on its way while the others are looked at.
  ;; In: `count` starts and ends of ranges, to each of which `shift` is added. Out: at `found`, the value of each, -1 for an
  ;; unknown key. `hashes` is room for `count` words. Returns what was read only to bring it near.
  (func (export "findMany")
    (param $chunks i32) (param $places i32) (param $mask i32) (param $seed i32) (param $context i32)
    (param $starts i32) (param $ends i32) (param $hashes i32) (param $found i32) (param $count i32) (param $shift i32)
    (result i32)
    (local $at i32) (local $stop i32) (local $hash i32) (local $place i32) (local $stored i32) (local $key i32)
    (local $start i32) (local $length i32) (local $touched i32) (local $last i32)
    (local.set $stop (i32.shl (local.get $count) (i32.const 2)))

    (local.set $at (i32.const 0))
    (block $hashed
      (loop $next
        (br_if $hashed (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $start (i32.load (i32.add (local.get $starts) (local.get $at))))
        (local.set $hash
          (call $hash
            (local.get $seed) (local.get $context)
            (i32.add (local.get $start) (local.get $shift))
            (i32.sub (i32.load (i32.add (local.get $ends) (local.get $at))) (local.get $start))))
        (i32.store (i32.add (local.get $hashes) (local.get $at)) (local.get $hash))
        (local.set $touched
          (i32.xor
            (local.get $touched)
            (i32.load
              (i32.add
                (local.get $places)
                (i32.shl (i32.and (local.get $hash) (local.get $mask)) (i32.const 3))))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next)))

    (local.set $at (i32.const 0))
    (block $probed
      (loop $next
        (br_if $probed (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $hash (i32.load (i32.add (local.get $hashes) (local.get $at))))
        (local.set $place (i32.and (local.get $hash) (local.get $mask)))
        (block $placed
          (loop $probe
            (local.set $key (i32.add (local.get $places) (i32.shl (local.get $place) (i32.const 3))))
            (local.set $stored (i32.load offset=4 (local.get $key)))
            (br_if $placed (i32.eqz (local.get $stored)))
            (br_if $placed (i32.eq (i32.load (local.get $key)) (local.get $hash)))
            (local.set $place (i32.and (i32.add (local.get $place) (i32.const 1)) (local.get $mask)))
            (br $probe)))
        (if (local.get $stored)
          (then
            (local.set $key (call $locate (local.get $chunks) (i32.sub (local.get $stored) (i32.const 1))))
            (local.set $last
              (i32.add
                (local.get $key)
                (i32.add
                  (i32.const 16)
                  (i32.sub
                    (i32.load (i32.add (local.get $ends) (local.get $at)))
                    (i32.load (i32.add (local.get $starts) (local.get $at)))))))
            (local.set $start (local.get $key))
            (loop $touch
              (local.set $touched (i32.xor (local.get $touched) (i32.load (local.get $start))))
              (br_if $touch
                (i32.lt_u
                  (local.tee $start (i32.add (local.get $start) (i32.const 64)))
                  (local.get $last)))))
          (else (local.set $key (i32.const 0))))
        (i32.store (i32.add (local.get $found) (local.get $at)) (local.get $key))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next)))

    (local.set $at (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $key (i32.load (i32.add (local.get $found) (local.get $at))))
        (local.set $start (i32.load (i32.add (local.get $starts) (local.get $at))))
        (local.set $length (i32.sub (i32.load (i32.add (local.get $ends) (local.get $at))) (local.get $start)))
        (local.set $start (i32.add (local.get $start) (local.get $shift)))
        (if (local.get $key)
          (then
            (if (call $isKey (local.get $key) (local.get $context) (local.get $start) (local.get $length))
              (then (local.set $key (i32.load offset=8 (local.get $key))))
              (else
                ;; Another key of the same hash: look further.
                (local.set $stored
                  (call $find
                    (local.get $chunks) (local.get $places) (local.get $mask)
                    (i32.load (i32.add (local.get $hashes) (local.get $at)))
                    (local.get $context) (local.get $start) (local.get $length)))
                (local.set $key (i32.const -1))
                (if (i32.ge_s (local.get $stored) (i32.const 0))
                  (then (local.set $key (i32.load offset=8 (call $locate (local.get $chunks) (local.get $stored)))))))))
          (else (local.set $key (i32.const -1))))
        (i32.store (i32.add (local.get $found) (local.get $at)) (local.get $key))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next)))
    (local.get $touched)))
