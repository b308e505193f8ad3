//! The floor that pages are measured against: Axum answering the same bytes from memory.
//!
//! `floor FILE CONTENT_TYPE` listens on a free loopback port and prints its address.

use std::{env, error::Error, fs, net::Ipv4Addr};

use axum::{Router, body::Bytes, http::header, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "whoever starts it reads the address from there"
)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(content_type)) = (arguments.next(), arguments.next()) else {
        return Err("usage: floor FILE CONTENT_TYPE".into());
    };
    let body = Bytes::from(fs::read(file)?);
    let answer = async move || ([(header::CONTENT_TYPE, content_type)], body);
    let router = Router::new().fallback(get(answer));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}
