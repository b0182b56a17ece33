/* an_mve_mul_all of an_mve.h: four values in a vector of 32-bit products, in 12 instructions.
 *
 * r4, r5 zero points of the operands; r7 and r8 shift and offset of the output, q3 its multiplier, q4 and q5 its limits.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .section .text.an_mve_mul_all, "ax", %progbits
    .global an_mve_mul_all
    .type an_mve_mul_all, %function
    .thumb_func
an_mve_mul_all:
    push {r4-r9, lr}
    vpush {d8-d11}
    ldrd r4, r5, [r3, #24]
    vdup.32 q4, r4
    vdup.32 q5, r5
    ldr lr, [r3], #4
    ldm r3, {r4-r8}
    vdup.32 q3, r6
    wlstp.32 lr, lr, 2f
1:
    vldrb.s32 q0, [r0], #4
    vldrb.s32 q1, [r1], #4
    vadd.i32 q0, q0, r4
    vadd.i32 q1, q1, r5
    vmul.i32 q0, q0, q1
    vshr.s32 q2, q0, #31
    vqrdmlash.s32 q0, q3, r8
    vadd.i32 q0, q0, q2
    vrshl.s32 q0, r7
    vmax.s32 q0, q0, q4
    vmin.s32 q0, q0, q5
    vstrb.32 q0, [r2], #4
    letp lr, 1b
2:
    vpop {d8-d11}
    pop {r4-r9, pc}
    .size an_mve_mul_all, . - an_mve_mul_all
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
