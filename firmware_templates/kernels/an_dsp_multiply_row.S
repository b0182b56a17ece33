/* an_dsp_multiply_row of an_dsp.h: four channels of one position at a time.
 *
 * r8 to r11 sum up, r0 walks the values, r1 the weights; r2, r3, r12 and lr hold four pairs of values, r4 to r7 a word of weights of each channel.
 * A word is multiplied twice: as it is, and with the bytes between taken out. 27 instructions are 32 multiply-accumulates; four such steps are
 * unrolled. Segments of 32 steps are summed up on their own, and the first one, which may be shorter, is entered behind its start.
 */
#ifdef __ARM_FEATURE_DSP
    .syntax unified
    .thumb

    .set VALUES, 0
    .set FIRST_END, 4           /* of values */
    .set ENTRY, 8
    .set CHANNELS, 12
    .set OUTPUT, 16
    .set SEGMENT_END, 20
    .set VALUES_END, 24
    .set OFFSET, 28
    .set ROUNDING, 32
    .set CLAMPED, 36
    .set LOW, 40
    .set HIGH, 44
    .set BLOCKS, 48
    .set TOTALS, 52
    .set LOCALS, 68
    .set ROW, LOCALS + 36

    /* four taps, of whose values the folded pair is `first` */
    .macro four first, second
    ldm r1!, {r4-r7}
    smlad r8, r4, \second, r8
    uxtb16 r4, r4
    smlad r9, r5, \second, r9
    uxtb16 r5, r5
    smlad r10, r6, \second, r10
    uxtb16 r6, r6
    smlad r11, r7, \second, r11
    uxtb16 r7, r7
    smlad r8, r4, \first, r8
    smlad r9, r5, \first, r9
    smlad r10, r6, \first, r10
    smlad r11, r7, \first, r11
    .endm

    /* r2 channels, r12 rounding: the sum becomes an output byte, not yet clamped */
    .macro finished index, sum
    ldrd r3, r4, [r2, #16 + 8 * \index]
    lsl r5, r12, r4
    add r5, r5, \sum, asr #31
    lsl \sum, \sum, #1
    smmlar \sum, \sum, r3, r5
    asr \sum, \sum, r4
    ssat \sum, #8, \sum, asr #1
    .endm

    .section .text.an_dsp_multiply_row, "ax", %progbits
    .global an_dsp_multiply_row
    .type an_dsp_multiply_row, %function
    .thumb_func
an_dsp_multiply_row:
    push {r4-r11, lr}
    sub sp, sp, #LOCALS
    ldr r4, [sp, #ROW]
    ldr r5, [r4]                /* eights */
    add r6, r0, r5, lsl #4
    str r6, [sp, #VALUES_END]
    subs r6, r5, #1
    and r6, r6, #31
    adds r6, r6, #1             /* of the first segment */
    add r7, r0, r6, lsl #4
    strd r0, r7, [sp, #VALUES]
    /* -eights mod 4 steps are left out the first time */
    rsbs r6, r6, #0
    and r6, r6, #3
    movs r7, #104
    muls r6, r7, r6
    adr r7, steps
    add r6, r6, r7
    adds r6, r6, #1
    strd r6, r2, [sp, #ENTRY]
    str r3, [sp, #OUTPUT]
    ldrd r5, r6, [r4, #4]
    str r5, [sp, #BLOCKS]
    ldrd r7, r8, [r4, #12]
    strd r6, r7, [sp, #OFFSET]
    str r8, [sp, #CLAMPED]
    ldrd r5, r6, [r4, #20]
    strd r5, r6, [sp, #LOW]

block:
    ldrd r0, r3, [sp, #VALUES]
    str r3, [sp, #SEGMENT_END]
    ldr r2, [sp, #CHANNELS]
    ldm r2, {r4-r7}
    ldr r3, [sp, #OFFSET]
    subs r4, r4, r3
    subs r5, r5, r3
    subs r6, r6, r3
    subs r7, r7, r3
    add r3, sp, #TOTALS
    stm r3, {r4-r7}
    mov r8, #0
    mov r9, #0
    mov r10, #0
    mov r11, #0
    ldr pc, [sp, #ENTRY]

    .balign 4
steps:
    .rept 4
    ldm r0!, {r2, r3, r12, lr}
    four r2, r3
    four r12, lr
    .endr
    ldr r2, [sp, #SEGMENT_END]
    cmp r0, r2
    bne steps

    add r3, sp, #TOTALS
    ldm r3, {r4-r7}
    add r8, r4, r8, asr #8
    add r9, r5, r9, asr #8
    add r10, r6, r10, asr #8
    add r11, r7, r11, asr #8
    ldr r4, [sp, #VALUES_END]
    cmp r0, r4
    beq sums
    stm r3, {r8-r11}
    add r2, r2, #512
    str r2, [sp, #SEGMENT_END]
    mov r8, #0
    mov r9, #0
    mov r10, #0
    mov r11, #0
    b steps

sums:
    ldr r2, [sp, #CHANNELS]
    ldr r12, [sp, #ROUNDING]
    finished 0, r8
    finished 1, r9
    finished 2, r10
    finished 3, r11
    adds r2, r2, #48
    str r2, [sp, #CHANNELS]
    bfi r8, r9, #8, #8
    bfi r8, r10, #16, #8
    bfi r8, r11, #24, #8
    ldr r4, [sp, #CLAMPED]
    cbz r4, store
    ldrd r4, r5, [sp, #LOW]
    ssub8 r6, r8, r4
    sel r8, r8, r4
    ssub8 r6, r5, r8
    sel r8, r8, r5
store:
    ldr r4, [sp, #OUTPUT]
    str r8, [r4], #4
    str r4, [sp, #OUTPUT]
    ldr r5, [sp, #BLOCKS]
    subs r5, r5, #1
    str r5, [sp, #BLOCKS]
    bne block
    add sp, sp, #LOCALS
    pop {r4-r11, pc}
    .size an_dsp_multiply_row, . - an_dsp_multiply_row
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
