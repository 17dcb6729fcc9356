mod api_key;
