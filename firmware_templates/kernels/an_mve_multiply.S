/* an_mve_multiply of an_mve.h: two channels by three positions at a time.
 *
 * VMLADAVA sums into even registers: r0, r2, r4 are those of the first channel, r6, r8, r10 of the second; r1, r3, r5 walk the values, r7 the
 * weights, r9 the channels; r12 is the number of steps behind the first, r11 the zero point. 11 instructions are 96 multiply-accumulates, two
 * such steps are unrolled. The sums of four channels go by way of the stack into vectors, where they are requantized.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .set SUMS, 0                /* of three positions, four channels each */
    .set VALUES, 48
    .set OUTPUTS, 60
    .set BLOCKS, 72
    .set LOCALS, 80
    .set PRODUCT, LOCALS + 48 + 36

    .macro step sum
    vldrb.8 q0, [r7], #16
    vldrb.8 q2, [r1], #16
    \sum\().s8 r0, q0, q2
    vldrb.8 q1, [r7], #16
    \sum\().s8 r6, q1, q2
    vldrb.8 q3, [r3], #16
    \sum\().s8 r2, q0, q3
    vldrb.8 q2, [r5], #16
    \sum\().s8 r8, q1, q3
    \sum\().s8 r4, q0, q2
    \sum\().s8 r10, q1, q2
    .endm

    .macro pair number
    add r5, sp, #VALUES
    ldm r5, {r1, r3, r5}
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
    strd r0, r6, [sp, #SUMS + 8 * \number]
    strd r2, r8, [sp, #SUMS + 16 + 8 * \number]
    strd r4, r10, [sp, #SUMS + 32 + 8 * \number]
    .endm

    /* q6 biases, q1 multipliers, q2 shifts, q4 and q5 limits. A negative number is rounded as if it were one less. */
    .macro requantized position, output
    vldrw.32 q0, [sp, #SUMS + 16 * \position]
    vadd.i32 q0, q0, q6
    vqrdmulh.s32 q0, q0, q1
    vshr.s32 q3, q0, #31
    vqadd.s32 q0, q0, q3
    vrshl.s32 q0, q0, q2
    vadd.i32 q0, q0, r11
    vmax.s32 q0, q0, q4
    vmin.s32 q0, q0, q5
    vstrb.32 q0, [\output], #4
    .endm

    .section .text.an_mve_multiply, "ax", %progbits
    .global an_mve_multiply
    .type an_mve_multiply, %function
    .thumb_func
an_mve_multiply:
    push {r4-r11, lr}
    vpush {d8-d13}
    sub sp, sp, #LOCALS
    ldr r4, [sp, #PRODUCT]
    ldm r0, {r5, r6, r8}
    add r0, sp, #VALUES
    stm r0, {r5, r6, r8}
    ldm r3, {r5, r6, r8}
    add r0, sp, #OUTPUTS
    stm r0, {r5, r6, r8}
    mov r7, r1
    mov r9, r2
    ldr r12, [r4]
    subs r12, r12, #1
    ldr r0, [r4, #4]
    str r0, [sp, #BLOCKS]
    ldr r11, [r4, #8]
    ldrd r0, r1, [r4, #12]
    vdup.32 q4, r0
    vdup.32 q5, r1

block:
    pair 0
    pair 1
    vldrw.32 q6, [r9]
    vldrw.32 q1, [r9, #16]
    vldrw.32 q2, [r9, #32]
    adds r9, r9, #48
    add r6, sp, #OUTPUTS
    ldm r6, {r3, r4, r5}
    requantized 0, r3
    requantized 1, r4
    requantized 2, r5
    ldr r0, [sp, #BLOCKS]
    stm r6, {r3, r4, r5}
    subs r0, r0, #1
    str r0, [sp, #BLOCKS]
    bne block

    add sp, sp, #LOCALS
    vpop {d8-d13}
    pop {r4-r11, pc}
    .size an_mve_multiply, . - an_mve_multiply
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
