*** Comments ***
Boots the firmware of model on STM32F746G-DISCO Discovery and has it test itself: renode-test stm32f746_discovery.robot

*** Variables ***
${SCRIPT}         ${CURDIR}/stm32f746_discovery.resc
${UART}           sysbus.uart
@{REQUEST}        0x41        0x4E        0x53        0x54        0x04        0x00        0x00        0x00        0x01        0x00        0x00        0x00        0x79        0xB8        0xF8        0x99

*** Test Cases ***
Self Test Gives The Reference's Bytes
    [Timeout]    10 minutes
    Execute Command           include @${SCRIPT}
    Create Terminal Tester    ${UART}    timeout=120    defaultPauseEmulation=True
    Start Emulation
    Wait For Line On Uart     READY model protocol 2 plan 0123abcd    timeout=120
    FOR    ${byte}    IN    @{REQUEST}
        Execute Command       ${UART} WriteChar ${byte}
    END
    ${passed}=    Run Keyword And Return Status
    ...    Wait For Line On Uart    SELFTEST seed 1 crc 0x89abcdef    timeout=120
    IF    not ${passed}
        Fail    FAIL: the firmware's output is not the reference's, or it did not answer
    END
    ${done}=    Wait For Line On Uart     DONE ticks    timeout=120
    ${instructions}=          Execute Command    sysbus.cpu ExecutedInstructions
    Log To Console            PASS: model on stm32f746_discovery: instructions since reset: ${instructions}
