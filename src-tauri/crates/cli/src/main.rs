//! `monty-engine`: a program in a terminal, a session on stdio, and the child process that either
//! of them, or the window, keeps the interpreter in.

mod allocator;
mod options;
mod run;
mod stdio;
mod worker;

use std::process::ExitCode;

use options::Options;

#[global_allocator]
static ALLOCATOR: engine::memory::Allocator = engine::memory::Allocator::new(allocator::out_of_memory);

fn main() -> ExitCode {
    match options::parse(std::env::args_os().skip(1)) {
        Ok(Options::Run(options)) => run::run(options),
        Ok(Options::Stdio(mounts)) => stdio::serve(mounts),
        Ok(Options::Worker) => worker::serve(),
        Ok(Options::Outside) => match outside::serve(std::io::stdin().lock(), std::io::stdout()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(1),
        },
        Ok(Options::Print(text)) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("monty-engine: {error}\nTry: monty-engine --help");
            ExitCode::from(2)
        }
    }
}
