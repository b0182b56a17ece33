/* an_thumb_multiply of an_thumb.h: one value by eight channels at a time.
 *
 * r0 walks the values, r1 the weights; r2 is a value, r3 a weight and then their product; r4 to r6, r8 to r11 and lr sum up. Only low
 * registers multiply, but every register can be added to. Unsigned bytes can be loaded from a constant distance, signed ones cannot.
 * 25 instructions are eight multiply-accumulates; four such steps are unrolled.
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

    .macro step value
    ldrb r2, [r0, #\value]
    product 8 * \value, r4
    product 8 * \value + 1, r5
    product 8 * \value + 2, r6
    product 8 * \value + 3, r8
    product 8 * \value + 4, r9
    product 8 * \value + 5, r10
    product 8 * \value + 6, r11
    product 8 * \value + 7, lr
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
    str r0, [sp, #VALUES]
    adds r7, r0, r3

block:
    ldr r0, [sp, #VALUES]
    movs r4, #0
    movs r5, #0
    movs r6, #0
    mov r8, r4
    mov r9, r4
    mov r10, r4
    mov r11, r4
    mov lr, r4
four:
    step 0
    step 1
    step 2
    step 3
    adds r0, r0, #4
    adds r1, r1, #32
    cmp r0, r7
    bne four

    ldr r2, [sp, #SUMS]
    stm r2!, {r4-r6}
    mov r3, r8
    mov r4, r9
    mov r5, r10
    mov r6, r11
    stm r2!, {r3-r6}
    mov r3, lr
    stm r2!, {r3}
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
