/* an_thumb_multiply of an_thumb.h: one value by eight channels at a time.
 *
 * r0 and r4 walk the values, r1 the weights; r2 is a value, r3 a weight and then their product; r5, r6, r8 to r12 and lr sum up. Only low
 * registers multiply, but every register can be added to. Unsigned weights can be loaded from a constant distance, signed ones cannot.
 * 26 instructions are eight multiply-accumulates; four such steps are unrolled.
 */
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    .syntax unified
    .thumb

    .set SUMS, 0
    .set VALUES, 4
    .set LOCALS, 8
    .set BLOCKS, LOCALS + 36

    .macro product place, sum
    ldrb r3, [r1, #\place]
    muls r3, r2, r3
    add \sum, \sum, r3
    .endm

    .macro step place
    ldrsb r2, [r0, r4]
    adds r4, r4, #1
    product \place, r5
    product \place + 1, r6
    product \place + 2, r8
    product \place + 3, r9
    product \place + 4, r10
    product \place + 5, r11
    product \place + 6, r12
    product \place + 7, lr
    .endm

    .section .text.an_thumb_multiply, "ax", %progbits
    .global an_thumb_multiply
    .type an_thumb_multiply, %function
    .thumb_func
an_thumb_multiply:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    sub sp, sp, #LOCALS
    str r2, [sp, #SUMS]
    mov r7, r3

block:
    movs r4, #0
    movs r5, #0
    movs r6, #0
    mov r8, r4
    mov r9, r4
    mov r10, r4
    mov r11, r4
    mov r12, r4
    mov lr, r4
four:
    step 0
    step 8
    step 16
    step 24
    adds r1, r1, #32
    cmp r4, r7
    bne four

    ldr r2, [sp, #SUMS]
    mov r3, r8
    mov r4, r9
    stm r2!, {r5, r6}
    stm r2!, {r3, r4}
    mov r3, r10
    mov r4, r11
    mov r5, r12
    mov r6, lr
    stm r2!, {r3-r6}
    str r2, [sp, #SUMS]
    ldr r3, [sp, #BLOCKS]
    subs r3, r3, #1
    str r3, [sp, #BLOCKS]
    beq done
    b block

done:
    add sp, sp, #LOCALS
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .size an_thumb_multiply, . - an_thumb_multiply
#endif

/* Nothing of this needs a stack that can be executed: hosts warn where that is not said. */
#ifdef __linux__
    .section .note.GNU-stack, "", %progbits
#endif
