//! Accounts from the first one-time link to a lock, through HTTP.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use server::Accounts;
use store::{NewAccount, Role};

use crate::country::Country;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_through_http_from_the_first_link_to_a_lock() {
    let mut country = Country::open().await;
    country.service = country.service.clone().with_accounts(Accounts::default());
    let store = country.service.store.clone();
    let admin = NewAccount {
        name: "admin".into(),
        display_name: "admin".into(),
        role: Role::Administrator,
        operator: None,
    };
    let admin = store.create_account(admin).await.unwrap();
    let link = store.invite(&admin.id).await.unwrap().secret;
    let send = async |method: &str, path: &str, body: Value, cookie: &str, origin: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "phusong.example")
            .header(header::ORIGIN, origin)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, headers, bytes) = country.send(request).await;
        let cookie = headers
            .get(header::SET_COOKIE)
            .map(|value| value.to_str().unwrap().to_owned());
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        (status.as_u16(), body, cookie)
    };
    let own = "https://phusong.example";
    let password = "mật khẩu của quản trị";
    let weak = send(
        "POST",
        "/api/setup",
        json!({ "token": link, "password": "ngắn" }),
        "",
        own,
    )
    .await;
    assert_eq!((weak.0, weak.1["code"].as_str()), (422, Some("weak_password")));
    let set = json!({ "token": link, "password": password });
    let (status, session, cookie) = send("POST", "/api/setup", set.clone(), "", own).await;
    assert_eq!(
        (status, session["user"]["role"].as_str()),
        (200, Some("administrator")),
        "{session}"
    );
    assert_eq!(
        send("POST", "/api/setup", set, "", own).await.0,
        404,
        "a link is good once"
    );
    let cookie = cookie.unwrap();
    for attribute in ["__Host-phusong=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();

    let new = json!({ "name": "viettel", "role": "operator", "operator": "Viettel" });
    let foreign = send("POST", "/api/users", new.clone(), &cookie, "https://evil.example").await;
    assert_eq!((foreign.0, foreign.1["code"].as_str()), (403, Some("foreign_origin")));
    let (status, made, _) = send("POST", "/api/users", new, &cookie, own).await;
    assert_eq!(status, 201, "{made}");
    assert!(made["invitation"]["link"].as_str().unwrap().contains("/#/setup?token="));
    let wrong = json!({ "name": "x", "role": "operator" });
    assert_eq!(send("POST", "/api/users", wrong, &cookie, own).await.0, 422);
    let off = json!({ "disabled": true });
    let last = send("PATCH", "/api/users/admin", off, &cookie, own).await;
    assert_eq!((last.0, last.1["code"].as_str()), (409, Some("last_administrator")));

    let (status, token, _) = send(
        "POST",
        "/api/tokens",
        json!({ "name": "QGIS", "scope": "read", "days": 30 }),
        &cookie,
        own,
    )
    .await;
    assert_eq!(status, 201);
    let by_token = async |method: &str, path: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "phusong.example")
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", token["token"].as_str().unwrap()),
            )
            .body(Body::empty())
            .unwrap();
        country.send(request).await.0.as_u16()
    };
    assert_eq!(by_token("GET", "/api/projects").await, 200);
    assert_eq!(by_token("POST", "/api/projects").await, 403, "a token for looking");
    assert_eq!(by_token("GET", "/api/users").await, 403, "no token manages accounts");

    let (_, audit, _) = send("GET", "/api/audit", json!({}), &cookie, own).await;
    let actions: Vec<&str> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["account.password", "account.create", "token.create"]);
    assert_eq!(audit["entries"][1]["who"], "admin");
    let (_, sound, _) = send("GET", "/api/audit/verification", json!({}), &cookie, own).await;
    assert_eq!(sound, json!({ "sound": true, "entries": 3, "first_broken": null }));

    for _ in 0..5 {
        let guess = json!({ "name": "admin", "password": "đoán mò thôi nhé" });
        assert_eq!(
            send("POST", "/api/session", guess, "", own).await.1["code"],
            "bad_credentials"
        );
    }
    let right = json!({ "name": "admin", "password": password });
    assert_eq!(send("POST", "/api/session", right, "", own).await.1["code"], "locked");
    assert_eq!(send("DELETE", "/api/session", json!({}), &cookie, own).await.0, 204);
    assert_eq!(send("GET", "/api/users", json!({}), &cookie, own).await.0, 401);
}
