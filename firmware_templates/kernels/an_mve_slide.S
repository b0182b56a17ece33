/* an_mve_slide of an_mve.h: sixteen channels of one position at a time.
 *
 * r0, r1, r2 walk the rows, r3 the weights, r7 the output; r5 is the step from tap to tap, r6 from a row's last tap to the next position,
 * lr counts positions. Products of two taps fit together into 16 bits: of even channels in q2, of odd ones in q0. They are widened
 * into q4 to q7, the sums of the channels 0, 4 ..., 2, 6 ..., 1, 5 ..., 3, 7 ... of the sixteen.
 */
#ifdef __ARM_FEATURE_MVE
    .syntax unified
    .thumb

    .set ROWS, 0
    .set OUTPUT, 12
    .set POSITIONS, 16
    .set START, 20
    .set LAST, 24
    .set LIMITS, 28
    .set LOCALS, 36
    .set LINE, LOCALS + 64 + 36

    .macro widened
    vmovlb.s16 q1, q2
    vadd.i32 q4, q4, q1
    vmovlt.s16 q1, q2
    vadd.i32 q5, q5, q1
    vmovlb.s16 q1, q0
    vadd.i32 q6, q6, q1
    vmovlt.s16 q1, q0
    vadd.i32 q7, q7, q1
    .endm

    .macro tap row, step
    vldrb.8 q0, [\row]
    vldrb.8 q1, [r3], #16
    add \row, \row, \step
    vmullb.s8 q2, q0, q1
    vmullt.s8 q0, q0, q1
    .endm

    .macro two first, first_step, second, second_step
    tap \first, \first_step
    vldrb.8 q1, [\second]
    vldrb.8 q3, [r3]
    add \second, \second, \second_step
    vmullb.s8 q3, q1, q3
    vadd.i16 q2, q2, q3
    vldrb.8 q3, [r3], #16
    vmullt.s8 q1, q1, q3
    vadd.i16 q0, q0, q1
    widened
    .endm

    /* A negative number is rounded as if it were one less. */
    .macro requantized sums, number
    vldrw.32 q0, [r4, #48 * \number + 16]
    vqrdmulh.s32 \sums, \sums, q0
    vldrw.32 q1, [r4, #48 * \number + 32]
    vshr.s32 q0, \sums, #31
    vqadd.s32 \sums, \sums, q0
    vrshl.s32 \sums, \sums, q1
    vadd.i32 \sums, \sums, r8
    .endm

    .section .text.an_mve_slide, "ax", %progbits
    .global an_mve_slide
    .type an_mve_slide, %function
    .thumb_func
an_mve_slide:
    push {r4-r11, lr}
    vpush {d8-d15}
    sub sp, sp, #LOCALS
    ldr r12, [sp, #LINE]
    ldm r0, {r4, r5, r6}
    stm sp, {r4, r5, r6}
    str r3, [sp, #OUTPUT]
    mov r3, r1
    mov r4, r2
    ldr r9, [r12]
    str r9, [sp, #POSITIONS]
    ldrd r5, r6, [r12, #4]      /* channels, step */
    sub r6, r6, r5, lsl #1
    ldr r8, [r12, #12]
    ldrd r10, r11, [r12, #16]
    strd r10, r11, [sp, #LIMITS]
    movs r9, #0
    sub r10, r5, #16
    strd r9, r10, [sp, #START]

group:
    ldm sp, {r0, r1, r2, r7, r9}
    ldr r10, [sp, #START]
    add r0, r0, r10
    add r1, r1, r10
    add r2, r2, r10
    add r7, r7, r10
    ldrd r10, r11, [sp, #LIMITS]
    dls lr, r9
position:
    vldrw.32 q4, [r4]
    vldrw.32 q5, [r4, #48]
    vldrw.32 q6, [r4, #96]
    vldrw.32 q7, [r4, #144]
    two r0, r5, r0, r5
    two r0, r6, r1, r5
    two r1, r5, r1, r6
    two r2, r5, r2, r5
    tap r2, r6
    widened
    requantized q4, 0
    requantized q5, 1
    requantized q6, 2
    requantized q7, 3
    vqmovnb.s32 q4, q4
    vqmovnt.s32 q4, q5
    vqmovnb.s32 q6, q6
    vqmovnt.s32 q6, q7
    vqmovnb.s16 q4, q4
    vqmovnt.s16 q4, q6
    vdup.8 q0, r10
    vdup.8 q1, r11
    vmax.s8 q4, q4, q0
    vmin.s8 q4, q4, q1
    vstrb.8 q4, [r7]
    add r7, r7, r5
    subs r3, r3, #144
    le lr, position

    add r3, r3, #144
    add r4, r4, #192
    ldrd r9, r10, [sp, #START]
    cmp r9, r10
    beq done
    adds r9, r9, #16
    cmp r9, r10
    it gt
    movgt r9, r10
    str r9, [sp, #START]
    b group

done:
    add sp, sp, #LOCALS
    vpop {d8-d15}
    pop {r4-r11, pc}
    .size an_mve_slide, . - an_mve_slide
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
