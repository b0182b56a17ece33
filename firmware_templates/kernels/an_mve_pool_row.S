/* an_mve_pool_row of an_mve.h: maxima of sixteen channels at a time, means of eight.
 *
 * r0 is a window, r1 its output; r2 to r5 walk its four taps, r7 the output's channels; r6 is the number of channels, r8 the distance of two rows,
 * r9 the positions to go, r10 the distance of two windows. A negative sum is rounded as if it were one less.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    /* All windows, \pool over vectors of \lanes bits, loaded as \type, \step channels in each. */
    .macro windows pool, lanes, type, step
3:
    mov r2, r0
    adds r3, r0, r6
    add r4, r0, r8
    adds r5, r4, r6
    mov r7, r1
    wlstp.\lanes lr, r6, 2f
1:
    vldrb.\type q0, [r2], #\step
    vldrb.\type q1, [r3], #\step
    vldrb.\type q2, [r4], #\step
    vldrb.\type q3, [r5], #\step
    \pool
    vstrb.\lanes q0, [r7], #\step
    letp lr, 1b
2:
    add r0, r10
    adds r1, r1, r6
    subs r9, r9, #1
    bne 3b
    .endm

    .macro maximum
    vmax.s8 q0, q0, q1
    vmax.s8 q2, q2, q3
    vmax.s8 q0, q0, q2
    .endm

    .macro mean
    vadd.i16 q0, q0, q1
    vadd.i16 q2, q2, q3
    vadd.i16 q0, q0, q2
    vshr.s16 q1, q0, #15
    vadd.i16 q0, q0, q1
    vrshr.s16 q0, q0, #2
    .endm

    .section .text.an_mve_pool_row, "ax", %progbits
    .global an_mve_pool_row
    .type an_mve_pool_row, %function
    .thumb_func
an_mve_pool_row:
    push {r4-r10, lr}
    ldm r2, {r3-r7}
    mov r9, r4
    mov r10, r6
    mov r8, r7
    mov r6, r5
    cbz r3, means
    windows maximum, 8, s8, 16
    pop {r4-r10, pc}
means:
    windows mean, 16, s16, 8
    pop {r4-r10, pc}
    .size an_mve_pool_row, . - an_mve_pool_row
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
