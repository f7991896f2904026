//===- StatesTest.cpp - What calls of a program hand on to the next -------===//
#include "lacuna/JIT/Model.h"
#include "lacuna/JIT/States.h"

#include <gtest/gtest.h>

using namespace lacuna;

static Program compile() {
  Expected<Model> model = Model::parse(R"(
    func.func @main(%w: tensor<2xf32> {lacuna.name = "w"}, %x: tensor<2xf32>)
        -> (tensor<2xf32>, tensor<2xf32> {lacuna.updates = "w"}) {
      %sum = arith.addf %w, %x : tensor<2xf32>
      %twice = arith.addf %sum, %sum : tensor<2xf32>
      return %twice, %sum : tensor<2xf32>, tensor<2xf32>
    })");
  EXPECT_TRUE(bool(model)) << model.error().message();
  Expected<Program> program = model->compile({});
  EXPECT_TRUE(bool(program)) << program.error().message();
  return *program;
}

static Tensor pair(float a, float b) {
  float values[] = {a, b};
  return *Tensor::copyOf(DType::F32, {2}, std::as_bytes(std::span(values)));
}

static std::vector<float> valuesOf(const Tensor &tensor) {
  return {tensor.data<float>()[0], tensor.data<float>()[1]};
}

TEST(States, WhatCameOutGoesInNext) {
  Program program = compile();
  Expected<States> states = States::create(program);
  ASSERT_TRUE(bool(states));
  ASSERT_EQ(states->size(), 1u);
  EXPECT_EQ(states->input(0), 0u);
  EXPECT_EQ(states->output(0), 1u);
  ASSERT_FALSE(states->set(0, pair(1, 2)));
  std::vector<Tensor> inputs = {{}, pair(10, 20)}, outputs = {pair(0, 0), {}};
  ASSERT_FALSE(states->run(inputs, outputs));
  EXPECT_EQ(valuesOf(outputs[0]), std::vector<float>({22, 44}));
  // Until it advances nothing has changed.
  EXPECT_EQ(valuesOf(*states->get(0)), std::vector<float>({1, 2}));
  ASSERT_FALSE(states->run(inputs, outputs));
  EXPECT_EQ(valuesOf(outputs[0]), std::vector<float>({22, 44}));
  states->advance();
  EXPECT_EQ(valuesOf(*states->get(0)), std::vector<float>({11, 22}));
  ASSERT_FALSE(states->run(inputs, outputs));
  states->advance();
  EXPECT_EQ(valuesOf(*states->get(0)), std::vector<float>({21, 42}));
}

TEST(States, CopiesShareNothing) {
  Expected<States> states = States::create(compile());
  ASSERT_TRUE(bool(states));
  Tensor value = pair(1, 2);
  ASSERT_FALSE(states->set(0, value));
  value.data<float>()[0] = 7;
  Tensor copy = *states->get(0);
  copy.data<float>()[1] = 7;
  EXPECT_EQ(valuesOf(*states->get(0)), std::vector<float>({1, 2}));
}

TEST(States, ValuesMustFit) {
  Expected<States> states = States::create(compile());
  ASSERT_TRUE(bool(states));
  Error error = states->set(0, *Tensor::zeros(DType::F32, {3}));
  EXPECT_EQ(error.message(), "`w` must be f32[2], got f32[3]");
}
