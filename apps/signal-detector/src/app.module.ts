import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';

/** The detector's work is its transport; the platform adds health and metrics. */
@Module({})
export class AppModule {
  static create(): DynamicModule {
    return { module: AppModule };
  }
}
