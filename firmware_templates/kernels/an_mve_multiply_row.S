/* an_mve_multiply_row of an_mve.h: four channels of one position at a time.
 *
 * VMLADAVA sums into even registers, r0, r2, r4 and r6; r1 walks the values, which begin at r3, r7 the weights, r9 the channels, r5 the outputs;
 * r8 counts blocks, r12 is the number of steps behind the first, r11 the zero point. 9 instructions are 64 multiply-accumulates, two such steps are
 * unrolled. The four sums are requantized as a vector.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .set PRODUCT, 32 + 36

    .macro step sum
    vldrb.8 q0, [r1], #16
    vldrb.8 q1, [r7], #16
    \sum\().s8 r0, q1, q0
    vldrb.8 q2, [r7], #16
    \sum\().s8 r2, q2, q0
    vldrb.8 q3, [r7], #16
    \sum\().s8 r4, q3, q0
    vldrb.8 q1, [r7], #16
    \sum\().s8 r6, q1, q0
    .endm

    .section .text.an_mve_multiply_row, "ax", %progbits
    .global an_mve_multiply_row
    .type an_mve_multiply_row, %function
    .thumb_func
an_mve_multiply_row:
    push {r4-r11, lr}
    vpush {d8-d11}
    ldr r4, [sp, #PRODUCT]
    mov r7, r1
    mov r9, r2
    mov r5, r3
    mov r3, r0
    ldrd r12, r8, [r4]
    sub r12, r12, #1
    ldr r11, [r4, #8]
    ldrd r0, r1, [r4, #12]
    vdup.32 q4, r0
    vdup.32 q5, r1

block:
    mov r1, r3
    step vmladav
    lsrs lr, r12, #1
    bcc 3f
    step vmladava
3:
    wls lr, lr, 2f
1:
    step vmladava
    step vmladava
    le lr, 1b
2:
    vmov q0[2], q0[0], r0, r4
    vmov q0[3], q0[1], r2, r6
    vldrw.32 q1, [r9], #16
    vadd.i32 q0, q0, q1
    vldrw.32 q2, [r9], #16
    vqrdmulh.s32 q0, q0, q2
    vshr.s32 q3, q0, #31        /* a negative number is rounded as if it were one less */
    vqadd.s32 q0, q0, q3
    vldrw.32 q1, [r9], #16
    vrshl.s32 q0, q0, q1
    vadd.i32 q0, q0, r11
    vmax.s32 q0, q0, q4
    vmin.s32 q0, q0, q5
    vstrb.32 q0, [r5], #4
    subs r8, r8, #1
    bne block

    vpop {d8-d11}
    pop {r4-r11, pc}
    .size an_mve_multiply_row, . - an_mve_multiply_row
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
