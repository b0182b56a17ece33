/* an_mve_add_all of an_mve.h: four values in a vector of 32-bit sums, in 20 instructions.
 *
 * r4 is the zero point of the first operand, r5 to r7 zero point, multiplier and shift of the second; r8 to r10 multiplier, shift and zero
 * point of the output; q4 and q5 its limits, q6 and q7 the shifts. Negative numbers are rounded as if they were one less, unless nothing
 * is shifted.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .section .text.an_mve_add_all, "ax", %progbits
    .global an_mve_add_all
    .type an_mve_add_all, %function
    .thumb_func
an_mve_add_all:
    push {r4-r10, lr}
    vpush {d8-d15}
    ldr lr, [r3], #4
    ldm r3!, {r4-r10}
    ldrd r3, r12, [r3]
    vdup.32 q4, r3
    vdup.32 q5, r12
    vdup.32 q6, r7
    vdup.32 q7, r9
    wlstp.32 lr, lr, 2f
1:
    vldrb.s32 q0, [r0], #4
    vldrb.s32 q1, [r1], #4
    vadd.i32 q0, q0, r4
    vadd.i32 q1, q1, r5
    vshl.i32 q0, q0, #19
    vshl.i32 q1, q1, #20
    vqrdmulh.s32 q1, q1, r6
    vand q2, q1, q6
    vshr.s32 q2, q2, #31
    vqadd.s32 q1, q1, q2
    vrshl.s32 q1, q1, q6
    vadd.i32 q0, q0, q1
    vqrdmulh.s32 q0, q0, r8
    vshr.s32 q2, q0, #31
    vqadd.s32 q0, q0, q2
    vrshl.s32 q0, q0, q7
    vadd.i32 q0, q0, r10
    vmax.s32 q0, q0, q4
    vmin.s32 q0, q0, q5
    vstrb.32 q0, [r2], #4
    letp lr, 1b
2:
    vpop {d8-d15}
    pop {r4-r10, pc}
    .size an_mve_add_all, . - an_mve_add_all
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
