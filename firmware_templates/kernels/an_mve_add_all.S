/* an_mve_add_all of an_mve.h: four values in a vector of 32-bit sums.
 *
 * r4 to r6 zero point, multiplier and shift of the first operand, r7 to r9 of the second; r10 to r12 multiplier, shift and zero point of
 * the output; q4 and q5 its limits. Shifts go to the right, or are none: then what is subtracted from negative numbers is nothing.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .set PARAMS, 32 + 36

    .macro scaled values, multiplier, shift
    vqrdmulh.s32 \values, \values, \multiplier
    vdup.32 q3, \shift
    vand q2, \values, q3
    vshr.s32 q2, q2, #31
    vqadd.s32 \values, \values, q2
    vrshl.s32 \values, \values, q3
    .endm

    .section .text.an_mve_add_all, "ax", %progbits
    .global an_mve_add_all
    .type an_mve_add_all, %function
    .thumb_func
an_mve_add_all:
    push {r4-r11, lr}
    vpush {d8-d11}
    ldrd r4, r5, [r3, #40]
    vdup.32 q4, r4
    vdup.32 q5, r5
    ldr lr, [r3], #4
    ldm r3, {r4-r12}
    wlstp.32 lr, lr, 2f
1:
    vldrb.s32 q0, [r0], #4
    vldrb.s32 q1, [r1], #4
    vadd.i32 q0, q0, r4
    vadd.i32 q1, q1, r7
    vshl.i32 q0, q0, #20
    vshl.i32 q1, q1, #20
    scaled q0, r5, r6
    scaled q1, r8, r9
    vadd.i32 q0, q0, q1
    scaled q0, r10, r11
    vadd.i32 q0, q0, r12
    vmax.s32 q0, q0, q4
    vmin.s32 q0, q0, q5
    vstrb.32 q0, [r2], #4
    letp lr, 1b
2:
    vpop {d8-d11}
    pop {r4-r11, pc}
    .size an_mve_add_all, . - an_mve_add_all
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
