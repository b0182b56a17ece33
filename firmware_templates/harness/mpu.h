/* Memory protection unit. */
#ifndef AN_MPU_H
#define AN_MPU_H

/* Makes RAM execute-never; does nothing on a core without the unit. */
void an_mpu_enable(void);

#endif
