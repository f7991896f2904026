//===- ModelTest.cpp - Loading, compiling and calling models --------------===//
#include "lacuna/JIT/Model.h"

#include <gtest/gtest.h>

using namespace lacuna;

static constexpr const char *rectify = R"(
func.func @main(%x: tensor<?x3xf32> {lacuna.name = "x"})
    -> (tensor<?x3xf32> {lacuna.name = "y"}) {
  %y = lacuna.activation relu %x : tensor<?x3xf32>
  return %y : tensor<?x3xf32>
})";

static Tensor filled(Shape shape, float value) {
  Tensor tensor = *Tensor::zeros(DType::F32, std::move(shape));
  std::fill_n(tensor.data<float>(), tensor.elementCount(), value);
  return tensor;
}

TEST(ModelTest, TellsItsInputs) {
  Model model = *Model::parse(rectify);
  Expected<std::vector<Value>> inputs = model.inputs();
  ASSERT_TRUE(inputs) << inputs.error().message();
  ASSERT_EQ(inputs->size(), 1u);
  EXPECT_EQ(inputs->front().name, "x");
  EXPECT_EQ(inputs->front().dtype, DType::F32);
  EXPECT_EQ(inputs->front().shape, (Shape{-1, 3}));
}

TEST(ModelTest, SpecialisesForEachShape) {
  Model model = *Model::parse(rectify);
  for (int64_t rows : {2, 5, 2}) {
    Tensor input = filled({rows, 3}, -1);
    input.data<float>()[1] = 4;
    auto outputs = model.call(std::span(&input, 1));
    ASSERT_TRUE(outputs) << outputs.error().message();
    EXPECT_EQ(outputs->front().shape(), (Shape{rows, 3}));
    EXPECT_EQ(outputs->front().element(0), 0);
    EXPECT_EQ(outputs->front().element(1), 4);
  }
}

TEST(ModelTest, RefusesWhatDoesNotFit) {
  Model model = *Model::parse(rectify);
  Expected<Program> open = model.compile();
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().message().find("input `x` is open"),
            std::string::npos);
  Expected<Program> program = model.compile({.shapes = {{"x", {2, 3}}}});
  ASSERT_TRUE(program) << program.error().message();
  Tensor wrong = filled({3, 2}, 1);
  EXPECT_EQ(program->call(std::span(&wrong, 1)).error().message(),
            "input `x` must be f32[2x3], got f32[3x2]");
  EXPECT_EQ(program->call({}).error().message(),
            "the program takes 1 inputs, got 0");
}

TEST(ModelTest, WritesIntoTensorsOfTheCaller) {
  Model model = *Model::parse(rectify);
  Expected<Program> program = model.compile({.shapes = {{"x", {2, 3}}}});
  ASSERT_TRUE(program) << program.error().message();
  Tensor input = filled({2, 3}, 7), output = filled({2, 3}, 0);
  Error error = program->callInto(std::span(&input, 1), std::span(&output, 1));
  EXPECT_FALSE(error) << error.message();
  EXPECT_EQ(output.element(5), 7);
}

TEST(ModelTest, ProfilesEveryLaunch) {
  Model model = *Model::parse(rectify);
  Expected<Program> program = model.compile({.shapes = {{"x", {2, 3}}}});
  ASSERT_TRUE(program) << program.error().message();
  Tensor input = filled({2, 3}, 7);
  auto times = program->profile(std::span(&input, 1), 1);
  ASSERT_TRUE(times) << times.error().message();
  ASSERT_EQ(times->size(), size_t(program->info().kernels));
  EXPECT_EQ(times->front().calls, 1);
}

TEST(ModelTest, ReportsBadTextAndEntries) {
  EXPECT_FALSE(Model::load("/nonexistent/model.onnx"));
  EXPECT_FALSE(Model::parse("func.func")->compile());
  EXPECT_FALSE(Model::fromOnnx("\xff\xff")->compile());
  Expected<Program> entry = Model::parse(rectify)->compile({.entry = "f"});
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code(), ErrorCode::NotFound);
}
