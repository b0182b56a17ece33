/* an_mve_add_all of an_mve.h: four values in a vector of 32-bit sums, in 16 instructions.
 *
 * r4 is the offset of the first operand; r6 to r8 offset, multiplier and shift of the second; r10 and r12 shift and offset of the output; q3 and
 * q7 the operands' scales, q6 the output's multiplier, q4 and q5 its limits. Negative numbers are rounded as if they were one less.
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
    ldm r3!, {r4-r10, r12}
    vdup.32 q7, r5
    vdup.32 q6, r9
    mov r5, #1 << 19
    vdup.32 q3, r5
    ldrd r5, r9, [r3]
    vdup.32 q4, r5
    vdup.32 q5, r9
    wlstp.32 lr, lr, 2f
1:
    vldrb.s32 q0, [r0], #4
    vldrb.s32 q1, [r1], #4
    vmlas.s32 q0, q3, r4
    vmlas.s32 q1, q7, r6
    vqrdmulh.s32 q1, q1, r7
    vshr.s32 q2, q1, #31
    vadd.i32 q1, q1, q2
    vrshl.s32 q1, r8
    vadd.i32 q0, q0, q1
    vshr.s32 q2, q0, #31
    vqrdmlash.s32 q0, q6, r12
    vadd.i32 q0, q0, q2
    vrshl.s32 q0, r10
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
