# Opens workbooks with openxlsx and saves them: a source and a target by turns are the arguments.
library(openxlsx)
paths <- commandArgs(trailingOnly = TRUE)
for (at in seq(1, length(paths), by = 2)) {
  saveWorkbook(loadWorkbook(paths[at]), paths[at + 1], overwrite = TRUE)
}
